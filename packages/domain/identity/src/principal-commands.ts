import { type Result, accept, refuse } from '@keywarden/kernel';
import type { ManagedPolicy, PolicyHolder, Principal, User } from './principal';
import { type PrincipalQuota, limitExceeded, policySize, principalQuotas } from './principal-quotas';
import { type DeleteConflict, type NoSuchEntity, noSuchEntity } from './principal-refusals';
import type { LimitExceeded } from './principal-quotas';
import type { PrincipalUses } from './principal-repository';

const attachedQuota = {
  user: 'AttachedPoliciesPerUser',
  group: 'AttachedPoliciesPerGroup',
  role: 'AttachedPoliciesPerRole',
} as const satisfies Record<PolicyHolder['kind'], PrincipalQuota>;

const inlineQuota = {
  user: 'InlinePolicySizePerUser',
  group: 'InlinePolicySizePerGroup',
  role: 'InlinePolicySizePerRole',
} as const satisfies Record<PolicyHolder['kind'], PrincipalQuota>;

/** Attaching what is attached already changes nothing. */
export function attachPolicy<H extends PolicyHolder>(holder: H, policyId: string): Result<H, LimitExceeded> {
  if (holder.attachedPolicies.includes(policyId)) return accept(holder);
  const quota = attachedQuota[holder.kind];
  if (holder.attachedPolicies.length >= principalQuotas[quota]) return refuse(limitExceeded(quota));
  return accept({ ...holder, attachedPolicies: [...holder.attachedPolicies, policyId] });
}

/** @param policyArn for the refusal */
export function detachPolicy<H extends PolicyHolder>(
  holder: H,
  policyId: string,
  policyArn: string,
): Result<H, NoSuchEntity> {
  const attachedPolicies = holder.attachedPolicies.filter((id) => id !== policyId);
  if (attachedPolicies.length === holder.attachedPolicies.length) return refuse(noSuchEntity('policy', policyArn));
  return accept({ ...holder, attachedPolicies });
}

/** Adds an inline policy or replaces the one of that name; all of a principal together have one quota. */
export function putInlinePolicy<H extends PolicyHolder>(
  holder: H,
  name: string,
  document: string,
): Result<H, LimitExceeded> {
  const others = holder.inlinePolicies.filter((policy) => policy.name !== name);
  const inlinePolicies = [...others, { name, document }];
  const size = inlinePolicies.reduce((sum, policy) => sum + policySize(policy.document), 0);
  const quota = inlineQuota[holder.kind];
  return size > principalQuotas[quota] ? refuse(limitExceeded(quota)) : accept({ ...holder, inlinePolicies });
}

export function deleteInlinePolicy<H extends PolicyHolder>(holder: H, name: string): Result<H, NoSuchEntity> {
  const inlinePolicies = holder.inlinePolicies.filter((policy) => policy.name !== name);
  if (inlinePolicies.length === holder.inlinePolicies.length) return refuse(noSuchEntity('inline-policy', name));
  return accept({ ...holder, inlinePolicies });
}

export function joinGroup(user: User, groupId: string): Result<User, LimitExceeded> {
  if (user.groups.includes(groupId)) return accept(user);
  if (user.groups.length >= principalQuotas.GroupsPerUser) return refuse(limitExceeded('GroupsPerUser'));
  return accept({ ...user, groups: [...user.groups, groupId] });
}

/** @param groupName for the refusal */
export function leaveGroup(user: User, groupId: string, groupName: string): Result<User, NoSuchEntity> {
  const groups = user.groups.filter((id) => id !== groupId);
  return groups.length === user.groups.length ? refuse(noSuchEntity('group', groupName)) : accept({ ...user, groups });
}

/** What hangs on a principal must be taken off before it is deleted. */
export function mayDelete(principal: Principal, uses: PrincipalUses): Result<void, DeleteConflict> {
  const because = conflictOf(principal, uses);
  return because === undefined ? accept(undefined) : refuse({ code: 'DeleteConflict', because });
}

function conflictOf(principal: Principal, uses: PrincipalUses): DeleteConflict['because'] | undefined {
  if (principal.kind === 'policy') return policyConflictOf(principal, uses);
  if (uses.accessKeys > 0) return 'AccessKeys';
  if (uses.members > 0) return 'Members';
  if (principal.kind === 'user' && principal.groups.length > 0) return 'Groups';
  if (principal.attachedPolicies.length > 0) return 'AttachedPolicies';
  return principal.inlinePolicies.length > 0 ? 'InlinePolicies' : undefined;
}

function policyConflictOf({ versions }: ManagedPolicy, uses: PrincipalUses): DeleteConflict['because'] | undefined {
  if (uses.attachments + uses.boundaries > 0) return 'Attachments';
  return versions.length > 1 ? 'Versions' : undefined;
}
