import type { AccountId, Result } from '@keywarden/kernel';
import type { AccessKey, Account } from './access-key';
import type { Principal, PrincipalByKind, PrincipalKind, Relation } from './principal';

/** How often others point at a principal. */
export interface PrincipalUses {
  readonly attachments: number;
  readonly boundaries: number;
  readonly members: number;
  readonly accessKeys: number;
}

export interface NameTaken {
  readonly code: 'NameTaken';
}
export interface PrincipalNotFound {
  readonly code: 'PrincipalNotFound';
}
/** What the principal was to point at is gone. */
export interface LinkTargetMissing {
  readonly code: 'LinkTargetMissing';
}
export interface QuotaReached {
  readonly code: 'QuotaReached';
}

export interface PrincipalListQuery {
  /** Default `/`: all. */
  readonly pathPrefix?: string;
  /** A `nameKey`; those behind it follow. */
  readonly after?: string;
  readonly limit: number;
}

/**
 * Stores users, groups, roles and managed policies. Names are found whatever their case. A change is a pure decision run
 * while the principal's row is held; it and what it points at change together or not at all. Changes and removals are
 * announced; a name that was given up is remembered, and whoever is inserted under it is `namedSince` its creation; a decision
 * that returns the very principal it was given stores nothing. Id, account, kind and creation time
 * of a principal never change.
 */
export interface PrincipalRepository {
  find<K extends PrincipalKind>(account: AccountId, kind: K, name: string): Promise<PrincipalByKind[K] | undefined>;
  /** Those that there are, by id. @param ids of any account, at most 1,000 */
  findMany(ids: readonly string[]): Promise<readonly Principal[]>;
  /** @param limit of principals of this kind in the account */
  insert(principal: Principal, limit: number): Promise<Result<void, NameTaken | QuotaReached | LinkTargetMissing>>;
  update<K extends PrincipalKind, R>(
    account: AccountId,
    kind: K,
    name: string,
    decide: (principal: PrincipalByKind[K]) => Result<PrincipalByKind[K], R>,
  ): Promise<Result<PrincipalByKind[K], R | PrincipalNotFound | NameTaken | LinkTargetMissing>>;
  remove<K extends PrincipalKind, R>(
    account: AccountId,
    kind: K,
    name: string,
    decide: (principal: PrincipalByKind[K], uses: PrincipalUses) => Result<void, R>,
  ): Promise<Result<PrincipalByKind[K], R | PrincipalNotFound>>;
  /** By name in the order of `nameKey`. */
  list<K extends PrincipalKind>(
    account: AccountId,
    kind: K,
    query: PrincipalListQuery,
  ): Promise<readonly PrincipalByKind[K][]>;
  /** Who points at this principal, by id. */
  listReferring(
    to: Pick<Principal, 'account' | 'id'>,
    relation: Relation,
    query: { readonly after?: string; readonly limit: number },
  ): Promise<readonly Principal[]>;
  /** One entry for each id, in the given order. @param ids at most 1,000 */
  countUses(ids: readonly string[]): Promise<readonly PrincipalUses[]>;
}

/** Whose access keys: the user's with this unique id, or without one the root user's. */
export interface AccessKeyOwner {
  readonly account: AccountId;
  readonly userId?: string;
}

/** Stores access keys of root users and users, and the accounts that operators add. Changes are announced. */
export interface AccessKeyRepository {
  /** Oldest first. */
  list(owner: AccessKeyOwner): Promise<readonly AccessKey[]>;
  /**
   * Exact under concurrency: the owner is held.
   *
   * @param limit of access keys of this owner
   */
  insert(accessKey: AccessKey, limit: number): Promise<Result<void, QuotaReached | LinkTargetMissing | NameTaken>>;
  /** @returns whether the owner has such a key */
  setStatus(owner: AccessKeyOwner, id: string, status: AccessKey['status']): Promise<boolean>;
  /** @returns whether the owner had such a key */
  remove(owner: AccessKeyOwner, id: string): Promise<boolean>;
  /** With the root user's first access key. @returns false when there is such an account or access key: nothing is stored then */
  insertAccount(account: Account, accessKey: AccessKey): Promise<boolean>;
}
