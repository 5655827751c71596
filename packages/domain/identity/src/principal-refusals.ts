import type { PrincipalKind } from './principal';
import type { LimitExceeded } from './principal-quotas';
import type { TagRefusal } from './principal-tags';

export type EntityKind = PrincipalKind | 'access-key' | 'inline-policy' | 'policy-version' | 'account' | 'provider';

/** The name is the one that was asked for: a principal's name, an ARN, an access key id, a version id. */
export interface NoSuchEntity {
  readonly code: 'NoSuchEntity';
  readonly kind: EntityKind;
  readonly name: string;
}

export interface EntityAlreadyExists {
  readonly code: 'EntityAlreadyExists';
  readonly kind: EntityKind;
  readonly name: string;
}

/** What has to be removed first. */
export interface DeleteConflict {
  readonly code: 'DeleteConflict';
  readonly because:
    | 'AccessKeys'
    | 'Groups'
    | 'Members'
    | 'InlinePolicies'
    | 'AttachedPolicies'
    | 'Attachments'
    | 'Versions'
    | 'DefaultVersion';
}

export type PrincipalRefusal = NoSuchEntity | EntityAlreadyExists | LimitExceeded | DeleteConflict | TagRefusal;

export function noSuchEntity(kind: EntityKind, name: string): NoSuchEntity {
  return { code: 'NoSuchEntity', kind, name };
}

export function entityAlreadyExists(kind: EntityKind, name: string): EntityAlreadyExists {
  return { code: 'EntityAlreadyExists', kind, name };
}
