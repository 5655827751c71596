import type { PrincipalTag } from '@keywarden/identity';
import { accept } from '@keywarden/kernel';
import { AccessKeyOperations } from './access-key-operations';
import { AssumeRoleOperation } from './assume-role';
import { AssumeRoleWithWebIdentityOperation } from './assume-role-with-web-identity';
import { Attachments, Boundaries } from './attachment-operations';
import { GroupOperations } from './group-operations';
import type { IdentityCall } from './identity-call';
import type { IdentityParts } from './identity-parts';
import { InlinePolicies } from './inline-policy-operations';
import type { PageQuery } from './list-marker';
import { ManagedPolicyOperations } from './managed-policy-operations';
import { OwnSessionOperations } from './own-session';
import { PrincipalDoor } from './principal-door';
import { RoleOperations } from './role-operations';
import { Sessions } from './sessions';
import { PrincipalTags } from './tag-operations';
import { UserOperations } from './user-operations';

export interface OfUser {
  readonly userName: string;
}
export interface OfGroup {
  readonly groupName: string;
}
export interface OfRole {
  readonly roleName: string;
}
export interface Inline {
  readonly policyName: string;
}
export interface Document {
  readonly policyDocument: string;
}
export interface Managed {
  readonly policyArn: string;
}
export interface Bounding {
  readonly permissionsBoundary: string;
}
export type Below = PageQuery & { readonly pathPrefix?: string };

/**
 * Every operation of IAM and STS there is, by its name in camelCase: the call, a command shaped like the API's request,
 * and an answer shaped like its response. Instants are instants, secrets `SecretBytes`, policy documents plain text.
 */
export function identityOperations(parts: IdentityParts) {
  const door = new PrincipalDoor(parts);
  const sessions = new Sessions(parts);
  return {
    ...new UserOperations(door),
    ...new GroupOperations(door),
    ...new RoleOperations(door),
    ...new ManagedPolicyOperations(door),
    ...new AccessKeyOperations(door),
    ...new OwnSessionOperations(sessions),
    ...new AssumeRoleOperation(parts, sessions),
    ...new AssumeRoleWithWebIdentityOperation(parts, sessions),
    ...userPolicies(door),
    ...groupPolicies(door),
    ...rolePolicies(door),
    ...taggings(door),
    ...boundaries(door),
  };
}

/** By the name of the operation: `createUser`. */
export type IdentityOperations = ReturnType<typeof identityOperations>;

function userPolicies(door: PrincipalDoor) {
  const inline = new InlinePolicies(door, 'user');
  const attached = new Attachments(door, 'user');
  return {
    putUserPolicy: (call: IdentityCall, { userName: holder, ...rest }: OfUser & Inline & Document) =>
      inline.put(call, { holder, ...rest }),
    getUserPolicy: async (call: IdentityCall, { userName, policyName }: OfUser & Inline) => {
      const found = await inline.get(call, { holder: userName, policyName });
      if (!found.ok) return found;
      const { holder, ...policy } = found.value;
      return accept({ userName: holder, ...policy });
    },
    deleteUserPolicy: (call: IdentityCall, { userName: holder, policyName }: OfUser & Inline) =>
      inline.delete(call, { holder, policyName }),
    listUserPolicies: (call: IdentityCall, { userName: holder, ...query }: OfUser & PageQuery) =>
      inline.list(call, { holder, ...query }),
    attachUserPolicy: (call: IdentityCall, { userName: holder, policyArn }: OfUser & Managed) =>
      attached.attach(call, { holder, policyArn }),
    detachUserPolicy: (call: IdentityCall, { userName: holder, policyArn }: OfUser & Managed) =>
      attached.detach(call, { holder, policyArn }),
    listAttachedUserPolicies: (call: IdentityCall, { userName: holder, ...query }: OfUser & Below) =>
      attached.list(call, { holder, ...query }),
  };
}

function groupPolicies(door: PrincipalDoor) {
  const inline = new InlinePolicies(door, 'group');
  const attached = new Attachments(door, 'group');
  return {
    putGroupPolicy: (call: IdentityCall, { groupName: holder, ...rest }: OfGroup & Inline & Document) =>
      inline.put(call, { holder, ...rest }),
    getGroupPolicy: async (call: IdentityCall, { groupName, policyName }: OfGroup & Inline) => {
      const found = await inline.get(call, { holder: groupName, policyName });
      if (!found.ok) return found;
      const { holder, ...policy } = found.value;
      return accept({ groupName: holder, ...policy });
    },
    deleteGroupPolicy: (call: IdentityCall, { groupName: holder, policyName }: OfGroup & Inline) =>
      inline.delete(call, { holder, policyName }),
    listGroupPolicies: (call: IdentityCall, { groupName: holder, ...query }: OfGroup & PageQuery) =>
      inline.list(call, { holder, ...query }),
    attachGroupPolicy: (call: IdentityCall, { groupName: holder, policyArn }: OfGroup & Managed) =>
      attached.attach(call, { holder, policyArn }),
    detachGroupPolicy: (call: IdentityCall, { groupName: holder, policyArn }: OfGroup & Managed) =>
      attached.detach(call, { holder, policyArn }),
    listAttachedGroupPolicies: (call: IdentityCall, { groupName: holder, ...query }: OfGroup & Below) =>
      attached.list(call, { holder, ...query }),
  };
}

function rolePolicies(door: PrincipalDoor) {
  const inline = new InlinePolicies(door, 'role');
  const attached = new Attachments(door, 'role');
  return {
    putRolePolicy: (call: IdentityCall, { roleName: holder, ...rest }: OfRole & Inline & Document) =>
      inline.put(call, { holder, ...rest }),
    getRolePolicy: async (call: IdentityCall, { roleName, policyName }: OfRole & Inline) => {
      const found = await inline.get(call, { holder: roleName, policyName });
      if (!found.ok) return found;
      const { holder, ...policy } = found.value;
      return accept({ roleName: holder, ...policy });
    },
    deleteRolePolicy: (call: IdentityCall, { roleName: holder, policyName }: OfRole & Inline) =>
      inline.delete(call, { holder, policyName }),
    listRolePolicies: (call: IdentityCall, { roleName: holder, ...query }: OfRole & PageQuery) =>
      inline.list(call, { holder, ...query }),
    attachRolePolicy: (call: IdentityCall, { roleName: holder, policyArn }: OfRole & Managed) =>
      attached.attach(call, { holder, policyArn }),
    detachRolePolicy: (call: IdentityCall, { roleName: holder, policyArn }: OfRole & Managed) =>
      attached.detach(call, { holder, policyArn }),
    listAttachedRolePolicies: (call: IdentityCall, { roleName: holder, ...query }: OfRole & Below) =>
      attached.list(call, { holder, ...query }),
  };
}

function taggings(door: PrincipalDoor) {
  const ofUsers = new PrincipalTags(door, 'user');
  const ofRoles = new PrincipalTags(door, 'role');
  type Tags = { readonly tags: readonly PrincipalTag[] };
  type TagKeys = { readonly tagKeys: readonly string[] };
  return {
    tagUser: (call: IdentityCall, { userName: holder, tags }: OfUser & Tags) => ofUsers.tag(call, { holder, tags }),
    untagUser: (call: IdentityCall, { userName: holder, tagKeys }: OfUser & TagKeys) =>
      ofUsers.untag(call, { holder, tagKeys }),
    listUserTags: (call: IdentityCall, { userName: holder, ...query }: OfUser & PageQuery) =>
      ofUsers.list(call, { holder, ...query }),
    tagRole: (call: IdentityCall, { roleName: holder, tags }: OfRole & Tags) => ofRoles.tag(call, { holder, tags }),
    untagRole: (call: IdentityCall, { roleName: holder, tagKeys }: OfRole & TagKeys) =>
      ofRoles.untag(call, { holder, tagKeys }),
    listRoleTags: (call: IdentityCall, { roleName: holder, ...query }: OfRole & PageQuery) =>
      ofRoles.list(call, { holder, ...query }),
  };
}

function boundaries(door: PrincipalDoor) {
  const ofUsers = new Boundaries(door, 'user');
  const ofRoles = new Boundaries(door, 'role');
  return {
    putUserPermissionsBoundary: (call: IdentityCall, { userName: holder, permissionsBoundary }: OfUser & Bounding) =>
      ofUsers.put(call, { holder, permissionsBoundary }),
    deleteUserPermissionsBoundary: (call: IdentityCall, { userName: holder }: OfUser) =>
      ofUsers.delete(call, { holder }),
    putRolePermissionsBoundary: (call: IdentityCall, { roleName: holder, permissionsBoundary }: OfRole & Bounding) =>
      ofRoles.put(call, { holder, permissionsBoundary }),
    deleteRolePermissionsBoundary: (call: IdentityCall, { roleName: holder }: OfRole) =>
      ofRoles.delete(call, { holder }),
  };
}
