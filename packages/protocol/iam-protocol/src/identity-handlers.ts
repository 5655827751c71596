import type { IdentityOperations } from '@keywarden/identity-service';
import { accept, refuse } from '@keywarden/kernel';
import type { Action } from './shapes/action-shapes';
import type { QueryHandler } from './query-handlers';

/** Hands every action to the use case of its name. */
export function identityHandlers(operations: IdentityOperations): { readonly [A in Action]: QueryHandler<A> } {
  return {
    AddUserToGroup: operations.addUserToGroup,
    AttachGroupPolicy: operations.attachGroupPolicy,
    AttachRolePolicy: operations.attachRolePolicy,
    AttachUserPolicy: operations.attachUserPolicy,
    CreateAccessKey: operations.createAccessKey,
    CreateGroup: operations.createGroup,
    CreatePolicy: operations.createPolicy,
    CreatePolicyVersion: operations.createPolicyVersion,
    CreateRole: operations.createRole,
    CreateUser: operations.createUser,
    DeleteAccessKey: operations.deleteAccessKey,
    DeleteGroup: operations.deleteGroup,
    DeleteGroupPolicy: operations.deleteGroupPolicy,
    DeletePolicy: operations.deletePolicy,
    DeletePolicyVersion: operations.deletePolicyVersion,
    DeleteRole: operations.deleteRole,
    DeleteRolePermissionsBoundary: operations.deleteRolePermissionsBoundary,
    DeleteRolePolicy: operations.deleteRolePolicy,
    DeleteUser: operations.deleteUser,
    DeleteUserPermissionsBoundary: operations.deleteUserPermissionsBoundary,
    DeleteUserPolicy: operations.deleteUserPolicy,
    DetachGroupPolicy: operations.detachGroupPolicy,
    DetachRolePolicy: operations.detachRolePolicy,
    DetachUserPolicy: operations.detachUserPolicy,
    GetAccessKeyLastUsed: operations.getAccessKeyLastUsed,
    GetGroup: operations.getGroup,
    GetGroupPolicy: operations.getGroupPolicy,
    GetPolicy: operations.getPolicy,
    GetPolicyVersion: operations.getPolicyVersion,
    GetRole: operations.getRole,
    GetRolePolicy: operations.getRolePolicy,
    GetUser: operations.getUser,
    GetUserPolicy: operations.getUserPolicy,
    ListAccessKeys: operations.listAccessKeys,
    ListAttachedGroupPolicies: operations.listAttachedGroupPolicies,
    ListAttachedRolePolicies: operations.listAttachedRolePolicies,
    ListAttachedUserPolicies: operations.listAttachedUserPolicies,
    ListEntitiesForPolicy: operations.listEntitiesForPolicy,
    ListGroupPolicies: operations.listGroupPolicies,
    ListGroups: operations.listGroups,
    ListGroupsForUser: operations.listGroupsForUser,
    ListPolicies: operations.listPolicies,
    ListPolicyVersions: operations.listPolicyVersions,
    ListRolePolicies: operations.listRolePolicies,
    ListRoleTags: operations.listRoleTags,
    ListRoles: operations.listRoles,
    ListUserPolicies: operations.listUserPolicies,
    ListUserTags: operations.listUserTags,
    ListUsers: operations.listUsers,
    PutGroupPolicy: operations.putGroupPolicy,
    PutRolePermissionsBoundary: operations.putRolePermissionsBoundary,
    PutRolePolicy: operations.putRolePolicy,
    PutUserPermissionsBoundary: operations.putUserPermissionsBoundary,
    PutUserPolicy: operations.putUserPolicy,
    RemoveUserFromGroup: operations.removeUserFromGroup,
    SetDefaultPolicyVersion: operations.setDefaultPolicyVersion,
    TagRole: operations.tagRole,
    TagUser: operations.tagUser,
    UntagRole: operations.untagRole,
    UntagUser: operations.untagUser,
    UpdateAccessKey: updateAccessKey(operations),
    UpdateAssumeRolePolicy: operations.updateAssumeRolePolicy,
    UpdateRole: updateRole(operations),
    UpdateUser: operations.updateUser,
    AssumeRole: operations.assumeRole,
    AssumeRoleWithWebIdentity: operations.assumeRoleWithWebIdentity,
    GetCallerIdentity: operations.getCallerIdentity,
    GetSessionToken: operations.getSessionToken,
  };
}

/** `Expired` is a state the model knows and nobody can ask for. */
function updateAccessKey(operations: IdentityOperations): QueryHandler<'UpdateAccessKey'> {
  return async (context, { status, ...key }) =>
    status === 'Expired'
      ? refuse({ code: 'ValidationError', member: 'Status' })
      : operations.updateAccessKey(context, { status, ...key });
}

/** The only change that is answered with a result, which is empty. */
function updateRole(operations: IdentityOperations): QueryHandler<'UpdateRole'> {
  return async (context, command) => {
    const updated = await operations.updateRole(context, command);
    return updated.ok ? accept({}) : updated;
  };
}
