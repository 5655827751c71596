import { boolean, list, required, string, structure, timestamp } from '@keywarden/aws-json';
import { arn, encryptionContext, grantToken, grantTokenList, keyId, limit, marker } from './common';
import { grantOperation } from './enumerations';

const grantConstraints = structure({
  EncryptionContextSubset: encryptionContext,
  EncryptionContextEquals: encryptionContext,
  SourceArn: arn,
});

const grantId = string({ min: 1, max: 128 });
const grantName = string({ min: 1, max: 256, pattern: '^[a-zA-Z0-9:/_-]+$' });
const principal = string({ min: 1, max: 256, pattern: '^[\\w+=,.@:/-]+$' });
const grantListEntry = structure({
  KeyId: keyId,
  GrantId: grantId,
  Name: grantName,
  CreationDate: timestamp(),
  GranteePrincipal: principal,
  RetiringPrincipal: principal,
  IssuingAccount: principal,
  Operations: list(grantOperation),
  Constraints: grantConstraints,
  GranteeServicePrincipal: principal,
  RetiringServicePrincipal: principal,
});

/** Exactly one of the two grantee members must be given; the model requires neither, so the service checks it. */
export const createGrant = {
  input: structure({
    KeyId: required(keyId),
    GranteePrincipal: principal,
    RetiringPrincipal: principal,
    Operations: required(list(grantOperation)),
    Constraints: grantConstraints,
    GrantTokens: grantTokenList,
    Name: grantName,
    DryRun: boolean(),
    GranteeServicePrincipal: principal,
    RetiringServicePrincipal: principal,
  }),
  output: structure({
    GrantToken: grantToken,
    GrantId: grantId,
  }),
};

/** Named by GrantToken, or by GrantId together with KeyId: checked by the service. */
export const retireGrant = {
  input: structure({
    GrantToken: grantToken,
    KeyId: keyId,
    GrantId: grantId,
    DryRun: boolean(),
  }),
  output: undefined,
};

export const revokeGrant = {
  input: structure({
    KeyId: required(keyId),
    GrantId: required(grantId),
    DryRun: boolean(),
  }),
  output: undefined,
};

export const listGrants = {
  input: structure({
    Limit: limit,
    Marker: marker,
    KeyId: required(keyId),
    GrantId: grantId,
    GranteePrincipal: principal,
    GranteeServicePrincipal: principal,
  }),
  output: structure({
    Grants: list(grantListEntry),
    NextMarker: marker,
    Truncated: boolean(),
  }),
};

/** One of the two retiring members must be given; the model requires neither, so the service checks it. */
export const listRetirableGrants = {
  input: structure({
    Limit: limit,
    Marker: marker,
    RetiringPrincipal: principal,
    RetiringServicePrincipal: principal,
  }),
  output: structure({
    Grants: list(grantListEntry),
    NextMarker: marker,
    Truncated: boolean(),
  }),
};
