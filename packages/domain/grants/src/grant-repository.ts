import type { AccountId, Region, Result, Tenancy } from '@keywarden/kernel';
import type { KeyName, KeyNotFound, KmsKey } from '@keywarden/keys';
import type { GrantsOfKey } from './create-grant';
import type { Grant, GrantId, GrantTerms } from './grant';
import type { GrantParty } from './grant-party';

/** Retired by one whom the grant names, or revoked by one whom the key policy allows to. */
export type GrantEnding = 'retired' | 'revoked';

export interface RetirableGrantsQuery {
  readonly retiring: GrantParty;
  /** Only those on keys of this account. */
  readonly keysOf?: AccountId;
  /** Only those behind this one. */
  readonly after?: GrantId;
  readonly limit: number;
}

export interface GrantQuery {
  readonly grantId?: GrantId;
  readonly grantee?: GrantParty;
  /** Only those behind this one. */
  readonly after?: GrantId;
  readonly limit: number;
}

/**
 * Stores grants. Grants vanish with their key. Every grant created or removed is announced in the same transaction as a
 * change of its key, so that whatever nodes hold of the key is read again.
 */
export interface GrantRepository {
  /**
   * Runs the pure decision while the key is held, so that a quota is never exceeded and a repetition never makes a second
   * grant. A decision that returns the very grant it was told of stores nothing.
   *
   * @param terms decide which grant is `same`: the one with equal terms, if they have a name
   */
  create<R>(
    key: Tenancy & KeyName,
    terms: GrantTerms,
    decide: (key: KmsKey, existing: GrantsOfKey) => Result<Grant, R>,
  ): Promise<Result<Grant, R | KeyNotFound>>;

  find(key: KeyName, id: GrantId): Promise<Grant | undefined>;

  /**
   * @param ending how it came to its end, which the event of the key says
   * @returns the grant that was removed; of several removals at once one gets it
   */
  remove(key: KeyName, id: GrantId, ending: GrantEnding): Promise<Grant | undefined>;

  /** The grants of one key by ascending id. */
  list(key: KeyName, query: GrantQuery): Promise<readonly Grant[]>;

  /** The grants in the Region, on keys of every account, that have this retiring principal; by ascending id. */
  listRetirable(region: Region, query: RetirableGrantsQuery): Promise<readonly Grant[]>;

  /** All grants of the key to any of these parties, oldest first; at most the quota of a key. */
  ofGrantees(key: KeyName, grantees: readonly GrantParty[]): Promise<readonly Grant[]>;

  count(key: KeyName): Promise<number>;
}
