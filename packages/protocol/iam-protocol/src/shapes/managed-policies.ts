import { boolean, enumeration, integer, list, required, string, structure, timestamp } from '@keywarden/aws-json';
import {
  arn,
  pageEnd,
  pageQuery,
  path,
  policyDocument,
  policyName,
  policyPath,
  policyVersionId,
  tags,
  writtenPolicyDocument,
} from './common';

const policy = structure({
  PolicyName: string(),
  PolicyId: string(),
  Arn: string(),
  Path: string(),
  DefaultVersionId: string(),
  AttachmentCount: integer(),
  PermissionsBoundaryUsageCount: integer(),
  IsAttachable: boolean(),
  Description: string(),
  CreateDate: timestamp(),
  UpdateDate: timestamp(),
  Tags: tags,
});

const version = structure({
  Document: writtenPolicyDocument,
  VersionId: string(),
  IsDefaultVersion: boolean(),
  CreateDate: timestamp(),
});

const usage = enumeration(['PermissionsPolicy', 'PermissionsBoundary']);
const onePolicy = structure({ PolicyArn: required(arn) });
const oneVersion = structure({ PolicyArn: required(arn), VersionId: required(policyVersionId) });

export const createPolicy = {
  input: structure({
    PolicyName: required(policyName),
    Path: policyPath,
    PolicyDocument: required(policyDocument),
    Description: string({ max: 1000 }),
    Tags: tags,
  }),
  output: structure({ Policy: policy }),
};
export const getPolicy = { input: onePolicy, output: structure({ Policy: policy }) };
export const listPolicies = {
  input: structure({
    Scope: enumeration(['All', 'AWS', 'Local']),
    OnlyAttached: boolean(),
    PathPrefix: policyPath,
    PolicyUsageFilter: usage,
    ...pageQuery,
  }),
  output: structure({ Policies: list(policy), ...pageEnd }),
};
export const deletePolicy = { input: onePolicy, output: undefined };
export const createPolicyVersion = {
  input: structure({ PolicyArn: required(arn), PolicyDocument: required(policyDocument), SetAsDefault: boolean() }),
  output: structure({ PolicyVersion: version }),
};
export const getPolicyVersion = { input: oneVersion, output: structure({ PolicyVersion: version }) };
export const listPolicyVersions = {
  input: structure({ PolicyArn: required(arn), ...pageQuery }),
  output: structure({ Versions: list(version), ...pageEnd }),
};
export const setDefaultPolicyVersion = { input: oneVersion, output: undefined };
export const deletePolicyVersion = { input: oneVersion, output: undefined };
export const listEntitiesForPolicy = {
  input: structure({
    PolicyArn: required(arn),
    EntityFilter: enumeration(['User', 'Role', 'Group', 'LocalManagedPolicy', 'AWSManagedPolicy']),
    PathPrefix: path,
    PolicyUsageFilter: usage,
    ...pageQuery,
  }),
  output: structure({
    PolicyGroups: list(structure({ GroupName: string(), GroupId: string() })),
    PolicyUsers: list(structure({ UserName: string(), UserId: string() })),
    PolicyRoles: list(structure({ RoleName: string(), RoleId: string() })),
    ...pageEnd,
  }),
};
