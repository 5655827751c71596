import type { Infer, StructureShape } from '@keywarden/aws-json';
import {
  createUser,
  getUser,
  listUsers,
  updateUser,
  deleteUser,
  tagUser,
  untagUser,
  listUserTags,
  putUserPermissionsBoundary,
  deleteUserPermissionsBoundary,
} from './users';
import {
  createGroup,
  getGroup,
  listGroups,
  deleteGroup,
  addUserToGroup,
  removeUserFromGroup,
  listGroupsForUser,
} from './groups';
import {
  createRole,
  getRole,
  listRoles,
  updateRole,
  updateAssumeRolePolicy,
  deleteRole,
  tagRole,
  untagRole,
  listRoleTags,
  putRolePermissionsBoundary,
  deleteRolePermissionsBoundary,
} from './roles';
import {
  putUserPolicy,
  getUserPolicy,
  deleteUserPolicy,
  listUserPolicies,
  putGroupPolicy,
  getGroupPolicy,
  deleteGroupPolicy,
  listGroupPolicies,
  putRolePolicy,
  getRolePolicy,
  deleteRolePolicy,
  listRolePolicies,
} from './inline-policies';
import {
  attachUserPolicy,
  detachUserPolicy,
  listAttachedUserPolicies,
  attachGroupPolicy,
  detachGroupPolicy,
  listAttachedGroupPolicies,
  attachRolePolicy,
  detachRolePolicy,
  listAttachedRolePolicies,
} from './attached-policies';
import {
  createPolicy,
  getPolicy,
  listPolicies,
  deletePolicy,
  createPolicyVersion,
  getPolicyVersion,
  listPolicyVersions,
  setDefaultPolicyVersion,
  deletePolicyVersion,
  listEntitiesForPolicy,
} from './managed-policies';
import { createAccessKey, listAccessKeys, updateAccessKey, deleteAccessKey, getAccessKeyLastUsed } from './access-keys';
import { assumeRole, assumeRoleWithWebIdentity, getCallerIdentity, getSessionToken } from './security-tokens';

interface OperationShapes {
  readonly input: StructureShape;
  /** Undefined for the operations whose answer has no result. */
  readonly output: StructureShape | undefined;
}

/** The shapes of IAM, version 2010-05-08, with the constraints of its model. */
export const iamShapes = {
  AddUserToGroup: addUserToGroup,
  AttachGroupPolicy: attachGroupPolicy,
  AttachRolePolicy: attachRolePolicy,
  AttachUserPolicy: attachUserPolicy,
  CreateAccessKey: createAccessKey,
  CreateGroup: createGroup,
  CreatePolicy: createPolicy,
  CreatePolicyVersion: createPolicyVersion,
  CreateRole: createRole,
  CreateUser: createUser,
  DeleteAccessKey: deleteAccessKey,
  DeleteGroup: deleteGroup,
  DeleteGroupPolicy: deleteGroupPolicy,
  DeletePolicy: deletePolicy,
  DeletePolicyVersion: deletePolicyVersion,
  DeleteRole: deleteRole,
  DeleteRolePermissionsBoundary: deleteRolePermissionsBoundary,
  DeleteRolePolicy: deleteRolePolicy,
  DeleteUser: deleteUser,
  DeleteUserPermissionsBoundary: deleteUserPermissionsBoundary,
  DeleteUserPolicy: deleteUserPolicy,
  DetachGroupPolicy: detachGroupPolicy,
  DetachRolePolicy: detachRolePolicy,
  DetachUserPolicy: detachUserPolicy,
  GetAccessKeyLastUsed: getAccessKeyLastUsed,
  GetGroup: getGroup,
  GetGroupPolicy: getGroupPolicy,
  GetPolicy: getPolicy,
  GetPolicyVersion: getPolicyVersion,
  GetRole: getRole,
  GetRolePolicy: getRolePolicy,
  GetUser: getUser,
  GetUserPolicy: getUserPolicy,
  ListAccessKeys: listAccessKeys,
  ListAttachedGroupPolicies: listAttachedGroupPolicies,
  ListAttachedRolePolicies: listAttachedRolePolicies,
  ListAttachedUserPolicies: listAttachedUserPolicies,
  ListEntitiesForPolicy: listEntitiesForPolicy,
  ListGroupPolicies: listGroupPolicies,
  ListGroups: listGroups,
  ListGroupsForUser: listGroupsForUser,
  ListPolicies: listPolicies,
  ListPolicyVersions: listPolicyVersions,
  ListRolePolicies: listRolePolicies,
  ListRoleTags: listRoleTags,
  ListRoles: listRoles,
  ListUserPolicies: listUserPolicies,
  ListUserTags: listUserTags,
  ListUsers: listUsers,
  PutGroupPolicy: putGroupPolicy,
  PutRolePermissionsBoundary: putRolePermissionsBoundary,
  PutRolePolicy: putRolePolicy,
  PutUserPermissionsBoundary: putUserPermissionsBoundary,
  PutUserPolicy: putUserPolicy,
  RemoveUserFromGroup: removeUserFromGroup,
  SetDefaultPolicyVersion: setDefaultPolicyVersion,
  TagRole: tagRole,
  TagUser: tagUser,
  UntagRole: untagRole,
  UntagUser: untagUser,
  UpdateAccessKey: updateAccessKey,
  UpdateAssumeRolePolicy: updateAssumeRolePolicy,
  UpdateRole: updateRole,
  UpdateUser: updateUser,
} as const satisfies Readonly<Record<string, OperationShapes>>;

/** The shapes of STS, version 2011-06-15. */
export const stsShapes = {
  AssumeRole: assumeRole,
  AssumeRoleWithWebIdentity: assumeRoleWithWebIdentity,
  GetCallerIdentity: getCallerIdentity,
  GetSessionToken: getSessionToken,
} as const satisfies Readonly<Record<string, OperationShapes>>;

type Shapes = typeof iamShapes & typeof stsShapes;

export type IamAction = keyof typeof iamShapes;
export type StsAction = keyof typeof stsShapes;
export type Action = IamAction | StsAction;

/** What a request of an action asks for, with member names in camelCase. */
export type CommandOf<A extends Action> = Infer<Shapes[A]['input']>;

/** What an action answers; undefined when it answers nothing. */
export type AnswerOf<A extends Action> = Shapes[A]['output'] extends infer S extends StructureShape
  ? Infer<S>
  : undefined;
