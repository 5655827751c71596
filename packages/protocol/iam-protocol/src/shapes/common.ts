import { boolean, integer, list, required, string, structure, timestamp } from '@keywarden/aws-json';

/** Names of what exists, which were longer once. */
export const existingUserName = string({ min: 1, max: 128, pattern: '[\\w+=,.@-]+' });
export const userName = string({ min: 1, max: 64, pattern: '[\\w+=,.@-]+' });
export const groupName = string({ min: 1, max: 128, pattern: '[\\w+=,.@-]+' });
export const roleName = string({ min: 1, max: 64, pattern: '[\\w+=,.@-]+' });
export const policyName = string({ min: 1, max: 128, pattern: '[\\w+=,.@-]+' });
export const policyVersionId = string({ pattern: 'v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?' });
export const accessKeyId = string({ min: 16, max: 128, pattern: '[\\w]+' });
export const arn = string({ min: 20, max: 2048 });

export const path = string({ min: 1, max: 512, pattern: '(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)' });
export const pathPrefix = string({ min: 1, max: 512, pattern: '\\u002F[\\u0021-\\u007F]*' });
export const policyPath = string({ min: 1, max: 512, pattern: '((/[A-Za-z0-9\\.,\\+@=_-]+)*)/' });

export const policyDocument = string({
  min: 1,
  max: 131_072,
  pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+',
});

/** A policy document in an answer; plain text in memory, percent-encoded on the wire. */
export const writtenPolicyDocument = string();

const tagCharacters = '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]';
const tagKey = string({ min: 1, max: 128, pattern: `${tagCharacters}+` });
export const tags = list(
  structure({ Key: required(tagKey), Value: required(string({ max: 256, pattern: `${tagCharacters}*` })) }),
  { max: 50 },
);
export const tagKeys = list(tagKey, { max: 50 });

export const permissionsBoundary = structure({
  PermissionsBoundaryType: string(),
  PermissionsBoundaryArn: string(),
});

/** Members of every request for a page of a list. */
export const pageQuery = {
  Marker: string({ min: 1, max: 320, pattern: '[\\u0020-\\u00FF]+' }),
  MaxItems: integer({ min: 1, max: 1000 }),
};

/** Members at the end of every page. */
export const pageEnd = { IsTruncated: boolean(), Marker: string() };

/** What principals and policies have in common in answers. */
export const written = {
  Path: required(string()),
  Arn: required(string()),
  CreateDate: required(timestamp()),
};
