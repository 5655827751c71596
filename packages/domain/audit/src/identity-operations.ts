import { type Members, type OperationRecord, makes, reads, writes } from './operation-record';

const page = ['marker', 'maxItems'] as const;
const pathPage = ['pathPrefix', ...page] as const;
const credentials = ['credentials', ['accessKeyId', 'expiration']] as const;
const roleSession = [
  'roleArn',
  'roleSessionName',
  'policyArns',
  'policy',
  'durationSeconds',
] as const satisfies Members;

/** Every action of IAM. Policies that were read are not shown, nor is a secret access key ever. */
export const iamOperations = {
  CreateUser: makes(['path', 'userName', 'permissionsBoundary', 'tags'], ['user']),
  GetUser: reads('userName'),
  ListUsers: reads(...pathPage),
  UpdateUser: writes('userName', 'newPath', 'newUserName'),
  DeleteUser: writes('userName'),
  TagUser: writes('userName', 'tags'),
  UntagUser: writes('userName', 'tagKeys'),
  ListUserTags: reads('userName', ...page),
  PutUserPermissionsBoundary: writes('userName', 'permissionsBoundary'),
  DeleteUserPermissionsBoundary: writes('userName'),

  CreateGroup: makes(['path', 'groupName'], ['group']),
  GetGroup: reads('groupName', ...page),
  ListGroups: reads(...pathPage),
  DeleteGroup: writes('groupName'),
  AddUserToGroup: writes('groupName', 'userName'),
  RemoveUserFromGroup: writes('groupName', 'userName'),
  ListGroupsForUser: reads('userName', ...page),

  CreateRole: makes(
    [
      'path',
      'roleName',
      'assumeRolePolicyDocument',
      'description',
      'maxSessionDuration',
      'permissionsBoundary',
      'tags',
    ],
    ['role'],
  ),
  GetRole: reads('roleName'),
  ListRoles: reads(...pathPage),
  UpdateRole: writes('roleName', 'description', 'maxSessionDuration'),
  UpdateAssumeRolePolicy: writes('roleName', 'policyDocument'),
  DeleteRole: writes('roleName'),
  TagRole: writes('roleName', 'tags'),
  UntagRole: writes('roleName', 'tagKeys'),
  ListRoleTags: reads('roleName', ...page),
  PutRolePermissionsBoundary: writes('roleName', 'permissionsBoundary'),
  DeleteRolePermissionsBoundary: writes('roleName'),

  PutUserPolicy: writes('userName', 'policyName', 'policyDocument'),
  GetUserPolicy: reads('userName', 'policyName'),
  DeleteUserPolicy: writes('userName', 'policyName'),
  ListUserPolicies: reads('userName', ...page),
  PutGroupPolicy: writes('groupName', 'policyName', 'policyDocument'),
  GetGroupPolicy: reads('groupName', 'policyName'),
  DeleteGroupPolicy: writes('groupName', 'policyName'),
  ListGroupPolicies: reads('groupName', ...page),
  PutRolePolicy: writes('roleName', 'policyName', 'policyDocument'),
  GetRolePolicy: reads('roleName', 'policyName'),
  DeleteRolePolicy: writes('roleName', 'policyName'),
  ListRolePolicies: reads('roleName', ...page),

  AttachUserPolicy: writes('userName', 'policyArn'),
  DetachUserPolicy: writes('userName', 'policyArn'),
  ListAttachedUserPolicies: reads('userName', ...pathPage),
  AttachGroupPolicy: writes('groupName', 'policyArn'),
  DetachGroupPolicy: writes('groupName', 'policyArn'),
  ListAttachedGroupPolicies: reads('groupName', ...pathPage),
  AttachRolePolicy: writes('roleName', 'policyArn'),
  DetachRolePolicy: writes('roleName', 'policyArn'),
  ListAttachedRolePolicies: reads('roleName', ...pathPage),

  CreatePolicy: makes(['policyName', 'path', 'policyDocument', 'description', 'tags'], ['policy']),
  GetPolicy: reads('policyArn'),
  ListPolicies: reads('scope', 'onlyAttached', 'policyUsageFilter', ...pathPage),
  DeletePolicy: writes('policyArn'),
  CreatePolicyVersion: makes(
    ['policyArn', 'policyDocument', 'setAsDefault'],
    [['policyVersion', ['versionId', 'isDefaultVersion', 'createDate']]],
  ),
  GetPolicyVersion: reads('policyArn', 'versionId'),
  ListPolicyVersions: reads('policyArn', ...page),
  SetDefaultPolicyVersion: writes('policyArn', 'versionId'),
  DeletePolicyVersion: writes('policyArn', 'versionId'),
  ListEntitiesForPolicy: reads('policyArn', 'entityFilter', 'policyUsageFilter', ...pathPage),

  CreateAccessKey: makes(['userName'], [['accessKey', ['userName', 'accessKeyId', 'status', 'createDate']]]),
  ListAccessKeys: reads('userName', ...page),
  UpdateAccessKey: writes('userName', 'accessKeyId', 'status'),
  DeleteAccessKey: writes('userName', 'accessKeyId'),
  GetAccessKeyLastUsed: reads('accessKeyId'),
} as const satisfies Readonly<Record<string, OperationRecord>>;

/** Every action of STS. All count as reading, as in CloudTrail; never shown: tokens and secret access keys. */
export const stsOperations = {
  AssumeRole: {
    ...reads(...roleSession, 'tags', 'transitiveTagKeys', 'externalId', 'serialNumber', 'sourceIdentity'),
    response: [credentials, 'assumedRoleUser', 'packedPolicySize', 'sourceIdentity'],
  },
  AssumeRoleWithWebIdentity: {
    ...reads(...roleSession, 'providerId'),
    response: [
      credentials,
      'subjectFromWebIdentityToken',
      'assumedRoleUser',
      'packedPolicySize',
      'provider',
      'audience',
      'sourceIdentity',
    ],
  },
  GetCallerIdentity: reads(),
  GetSessionToken: { ...reads('durationSeconds', 'serialNumber'), response: [credentials] },
} as const satisfies Readonly<Record<string, OperationRecord>>;

export type RecordedIamOperation = keyof typeof iamOperations;
export type RecordedStsOperation = keyof typeof stsOperations;
