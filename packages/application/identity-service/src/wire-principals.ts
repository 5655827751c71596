import {
  type Group,
  type ManagedPolicy,
  type PolicyVersion,
  type PrincipalTag,
  type PrincipalUses,
  type Role,
  type User,
  principalArn,
  versionId,
} from '@keywarden/identity';
import type { Instant } from '@keywarden/kernel';

/** The shapes of IAM's answers, with member names in camelCase. Policy documents are plain text. */

export interface WireBoundary {
  readonly permissionsBoundaryType: 'Policy';
  readonly permissionsBoundaryArn: string;
}

interface WireNamed {
  readonly path: string;
  readonly arn: string;
  readonly createDate: Instant;
}

interface WireBounded {
  readonly permissionsBoundary?: WireBoundary;
  readonly tags?: readonly PrincipalTag[];
}

export interface WireUser extends WireNamed, WireBounded {
  readonly userName: string;
  readonly userId: string;
}

export interface WireGroup extends WireNamed {
  readonly groupName: string;
  readonly groupId: string;
}

export interface WireRole extends WireNamed, WireBounded {
  readonly roleName: string;
  readonly roleId: string;
  readonly assumeRolePolicyDocument: string;
  readonly description?: string;
  readonly maxSessionDuration: number;
}

export interface WirePolicy extends WireNamed {
  readonly policyName: string;
  readonly policyId: string;
  readonly defaultVersionId: string;
  readonly attachmentCount: number;
  readonly permissionsBoundaryUsageCount: number;
  readonly isAttachable: true;
  readonly description?: string;
  readonly updateDate: Instant;
  readonly tags?: readonly PrincipalTag[];
}

export interface WirePolicyVersion {
  /** Absent in lists. */
  readonly document?: string;
  readonly versionId: string;
  readonly isDefaultVersion: boolean;
  readonly createDate: Instant;
}

export function wireUser(user: User): WireUser {
  return { path: user.path, userName: user.name, userId: user.id, arn: principalArn(user), createDate: user.createdAt };
}

export function wireGroup(group: Group): WireGroup {
  const { path, name, id, createdAt } = group;
  return { path, groupName: name, groupId: id, arn: principalArn(group), createDate: createdAt };
}

export function wireRole(role: Role): WireRole {
  return {
    path: role.path,
    roleName: role.name,
    roleId: role.id,
    arn: principalArn(role),
    createDate: role.createdAt,
    assumeRolePolicyDocument: role.assumeRolePolicy,
    ...(role.description !== undefined && { description: role.description }),
    maxSessionDuration: role.maxSessionSeconds,
  };
}

export function wirePolicy(policy: ManagedPolicy, uses: PrincipalUses): WirePolicy {
  return {
    policyName: policy.name,
    policyId: policy.id,
    arn: principalArn(policy),
    path: policy.path,
    defaultVersionId: versionId({ number: policy.defaultVersion }),
    attachmentCount: uses.attachments,
    permissionsBoundaryUsageCount: uses.boundaries,
    isAttachable: true,
    ...(policy.description !== undefined && { description: policy.description }),
    createDate: policy.createdAt,
    updateDate: policy.updatedAt,
  };
}

export function wireVersion({ defaultVersion }: ManagedPolicy, version: PolicyVersion): WirePolicyVersion {
  return {
    versionId: versionId(version),
    isDefaultVersion: version.number === defaultVersion,
    createDate: version.createdAt,
  };
}

/** What Get and Create show besides; lists do not. */
export function wireDetails(
  { tags, boundary }: Pick<User | Role, 'tags' | 'boundary'>,
  arns: ReadonlyMap<string, string>,
): WireBounded {
  const arn = boundary === undefined ? undefined : arns.get(boundary);
  return {
    ...(arn !== undefined && {
      permissionsBoundary: { permissionsBoundaryType: 'Policy', permissionsBoundaryArn: arn },
    }),
    ...(tags.length > 0 && { tags }),
  };
}
