import { integer, list, required, secretString, string, structure, timestamp } from '@keywarden/aws-json';
import { tagKeys, tags } from './common';

const arn = string({
  min: 20,
  max: 2048,
  pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+',
});
const sessionName = string({ min: 2, max: 64, pattern: '[\\w+=,.@-]*' });
const sourceIdentity = string({ min: 2, max: 64, pattern: '[\\w+=,.@-]*' });
const policyPattern = '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+';
/** The model lets an entry be empty, which would name no policy. */
const policyArns = list(structure({ arn: required(arn) }));
/** Seconds. */
const roleDuration = integer({ min: 900, max: 43_200 });
const secondFactor = {
  SerialNumber: string({ min: 9, max: 256, pattern: '[\\w+=/:,.@-]*' }),
  TokenCode: string({ min: 6, max: 6, pattern: '[\\d]*', sensitive: true }),
};

const credentials = structure({
  AccessKeyId: required(string()),
  SecretAccessKey: required(secretString()),
  SessionToken: required(string({ sensitive: true })),
  Expiration: required(timestamp()),
});
const assumedRoleUser = structure({ AssumedRoleId: required(string()), Arn: required(string()) });

export const getCallerIdentity = {
  input: structure({}),
  output: structure({ UserId: string(), Account: string(), Arn: string() }),
};
export const assumeRole = {
  input: structure({
    RoleArn: required(arn),
    RoleSessionName: required(sessionName),
    PolicyArns: policyArns,
    Policy: string({ min: 1, pattern: policyPattern }),
    DurationSeconds: roleDuration,
    Tags: tags,
    TransitiveTagKeys: tagKeys,
    ExternalId: string({ min: 2, max: 1224, pattern: '[\\w+=,.@:\\/-]*' }),
    ...secondFactor,
    SourceIdentity: sourceIdentity,
    ProvidedContexts: list(
      structure({ ProviderArn: arn, ContextAssertion: string({ min: 4, max: 2048, sensitive: true }) }),
      { min: 1, max: 5 },
    ),
  }),
  output: structure({
    Credentials: credentials,
    AssumedRoleUser: assumedRoleUser,
    PackedPolicySize: integer(),
    SourceIdentity: string(),
  }),
};
export const assumeRoleWithWebIdentity = {
  input: structure({
    RoleArn: required(arn),
    RoleSessionName: required(sessionName),
    WebIdentityToken: required(string({ min: 4, max: 20_000, sensitive: true })),
    ProviderId: string({ min: 4, max: 2048 }),
    PolicyArns: policyArns,
    Policy: string({ min: 1, max: 2048, pattern: policyPattern }),
    DurationSeconds: roleDuration,
  }),
  output: structure({
    Credentials: credentials,
    SubjectFromWebIdentityToken: string(),
    AssumedRoleUser: assumedRoleUser,
    PackedPolicySize: integer(),
    Provider: string(),
    Audience: string(),
    SourceIdentity: string(),
  }),
};
export const getSessionToken = {
  input: structure({ DurationSeconds: integer({ min: 900, max: 129_600 }), ...secondFactor }),
  output: structure({ Credentials: credentials }),
};
