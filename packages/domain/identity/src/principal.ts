import type { AccountId, Instant } from '@keywarden/kernel';
import type { PrincipalTag } from './principal-tags';

/** What an account's administrators manage; each kind has its own names and its own prefix of unique ids. */
export const principalKinds = { user: 'AIDA', group: 'AGPA', role: 'AROA', policy: 'ANPA' } as const;
export type PrincipalKind = keyof typeof principalKinds;

interface Named<K extends PrincipalKind> {
  readonly kind: K;
  readonly account: AccountId;
  /** The prefix of its kind and 17 more characters; never used again after deletion. */
  readonly id: string;
  /** Unique within account and kind, whatever its case. */
  readonly name: string;
  /** `/`, or names between slashes: `/division/team/`. */
  readonly path: string;
  readonly createdAt: Instant;
  /**
   * Since when the name is this principal's, when it was or might have been another's before: what was written under the
   * name until then does not mean this one.
   */
  readonly namedSince?: Instant;
}

/** A policy that lives in one principal and vanishes with it. */
export interface InlinePolicy {
  readonly name: string;
  /** As it was given, checked against the grammar before. */
  readonly document: string;
}

/** What holds permissions. */
interface Permitted {
  readonly inlinePolicies: readonly InlinePolicy[];
  /** Unique ids of managed policies. */
  readonly attachedPolicies: readonly string[];
}

/** What may be tagged and bounded. */
interface Bounded {
  readonly tags: readonly PrincipalTag[];
  /** Unique id of the managed policy that is its permissions boundary. */
  readonly boundary?: string;
}

export interface User extends Named<'user'>, Permitted, Bounded {
  /** Unique ids. */
  readonly groups: readonly string[];
}

export type Group = Named<'group'> & Permitted;

/** A principal of a trust policy as it was when the policy was stored: who is made again under the name is another. */
export interface TrustedPrincipal {
  readonly arn: string;
  readonly id: string;
}

export interface Role extends Named<'role'>, Permitted, Bounded {
  readonly description?: string;
  /** 3,600 to 43,200. */
  readonly maxSessionSeconds: number;
  /** The trust policy. */
  readonly assumeRolePolicy: string;
  readonly trusted: readonly TrustedPrincipal[];
}

export interface PolicyVersion {
  /** From 1; shown as `v1`. Never used again. */
  readonly number: number;
  readonly document: string;
  readonly createdAt: Instant;
}

export interface ManagedPolicy extends Named<'policy'> {
  readonly description?: string;
  readonly tags: readonly PrincipalTag[];
  /** 1 to 5, oldest first. */
  readonly versions: readonly PolicyVersion[];
  readonly defaultVersion: number;
  readonly lastVersion: number;
  readonly updatedAt: Instant;
}

export interface PrincipalByKind {
  readonly user: User;
  readonly group: Group;
  readonly role: Role;
  readonly policy: ManagedPolicy;
}
export type Principal = PrincipalByKind[PrincipalKind];
export type PolicyHolder = User | Group | Role;

export function principalArn({
  kind,
  account,
  path,
  name,
}: Pick<Principal, 'kind' | 'account' | 'path' | 'name'>): string {
  return `arn:aws:iam::${account}:${kind}${path}${name}`;
}

/** How principals point at each other; what is pointed at cannot be deleted. */
export type Relation = 'attached' | 'boundary' | 'member';

export interface PrincipalLink {
  readonly relation: Relation;
  /** A unique id. */
  readonly to: string;
}

export function linksOf(principal: Principal): readonly PrincipalLink[] {
  const links: PrincipalLink[] = [];
  if (principal.kind === 'policy') return links;
  for (const to of principal.attachedPolicies) links.push({ relation: 'attached', to });
  if (principal.kind !== 'group' && principal.boundary !== undefined) {
    links.push({ relation: 'boundary', to: principal.boundary });
  }
  if (principal.kind === 'user') for (const to of principal.groups) links.push({ relation: 'member', to });
  return links;
}

/** The text that is in force. */
export function documentInForce({ versions, defaultVersion }: ManagedPolicy): string {
  const version = versions.find(({ number }) => number === defaultVersion);
  if (version === undefined) throw new Error('a managed policy without its default version');
  return version.document;
}
