import { integer, list, required, string, structure, timestamp } from '@keywarden/aws-json';
import {
  arn,
  pageEnd,
  pageQuery,
  path,
  pathPrefix,
  permissionsBoundary,
  policyDocument,
  roleName,
  tagKeys,
  tags,
  written,
  writtenPolicyDocument,
} from './common';

const description = string({
  max: 1000,
  pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*',
});
/** Seconds. */
const maxSessionDuration = integer({ min: 3600, max: 43_200 });

const role = structure({
  Path: written.Path,
  RoleName: required(string()),
  RoleId: required(string()),
  Arn: written.Arn,
  CreateDate: written.CreateDate,
  AssumeRolePolicyDocument: writtenPolicyDocument,
  Description: string(),
  MaxSessionDuration: integer(),
  PermissionsBoundary: permissionsBoundary,
  Tags: tags,
  RoleLastUsed: structure({ LastUsedDate: timestamp(), Region: string() }),
});

const oneRole = structure({ RoleName: required(roleName) });

export const createRole = {
  input: structure({
    Path: path,
    RoleName: required(roleName),
    AssumeRolePolicyDocument: required(policyDocument),
    Description: description,
    MaxSessionDuration: maxSessionDuration,
    PermissionsBoundary: arn,
    Tags: tags,
  }),
  output: structure({ Role: required(role) }),
};
export const getRole = { input: oneRole, output: structure({ Role: required(role) }) };
export const listRoles = {
  input: structure({ PathPrefix: pathPrefix, ...pageQuery }),
  output: structure({ Roles: required(list(role)), ...pageEnd }),
};
export const updateRole = {
  input: structure({
    RoleName: required(roleName),
    Description: description,
    MaxSessionDuration: maxSessionDuration,
  }),
  /** Answers with a result that is empty. */
  output: structure({}),
};
export const updateAssumeRolePolicy = {
  input: structure({ RoleName: required(roleName), PolicyDocument: required(policyDocument) }),
  output: undefined,
};
export const deleteRole = { input: oneRole, output: undefined };
export const tagRole = {
  input: structure({ RoleName: required(roleName), Tags: required(tags) }),
  output: undefined,
};
export const untagRole = {
  input: structure({ RoleName: required(roleName), TagKeys: required(tagKeys) }),
  output: undefined,
};
export const listRoleTags = {
  input: structure({ RoleName: required(roleName), ...pageQuery }),
  output: structure({ Tags: required(tags), ...pageEnd }),
};
export const putRolePermissionsBoundary = {
  input: structure({ RoleName: required(roleName), PermissionsBoundary: required(arn) }),
  output: undefined,
};
export const deleteRolePermissionsBoundary = { input: oneRole, output: undefined };
