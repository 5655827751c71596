import type { AccountId, AliasName, CustomKeyStoreId, KeyId, Result, Tenancy } from '@keywarden/kernel';
import type { Alias } from './alias';
import type { KeyName, KmsKey } from './kms-key';
import type { AliasRefusal, KeyNotFound, KeyQuotaReached, KeyStoreRefusal } from './refusals';

/** What becomes of the copies of one key: these are stored (new or changed), those are removed with all that hangs on them. */
export interface FamilyChange {
  readonly put: readonly KmsKey[];
  readonly remove: readonly KeyName[];
}

/** How many copies may be new; without it they are counted, but none is refused. */
export interface RoomForCopies<R> {
  /** Customer managed keys the account may have in the Region of the new copy. */
  readonly limit: (copy: KmsKey) => number;
  readonly refusal: (reached: KeyQuotaReached) => R;
}

/**
 * Stores KMS keys. Every change is a pure decision that the repository runs while it holds the key, so two changes of
 * one key never interleave, and a refusal changes nothing. The repository counts `version` up on each stored change and
 * announces it in the same transaction; a decision that returns the very key it was given stores nothing.
 */
export interface KeyRepository {
  find(name: KeyName): Promise<KmsKey | undefined>;

  /**
   * A key in a custom key store is stored only while its store is connected, and is the store's only one for its
   * external key.
   *
   * @param limit the account's quota of customer managed keys in the Region; AWS managed keys do not count
   */
  insert(key: KmsKey, limit: number): Promise<Result<KmsKey, KeyQuotaReached | KeyStoreRefusal>>;

  update<R>(
    name: Tenancy & KeyName,
    decide: (key: KmsKey) => Result<KmsKey, R>,
  ): Promise<Result<KmsKey, R | KeyNotFound>>;

  /**
   * The same for all Regional copies of a key at once: they are locked together.
   *
   * @param decide receives every copy, at least one, sorted by Region
   * @param room asked about each copy that is new; a refusal changes nothing
   */
  updateFamily<R>(
    name: Tenancy & KeyName,
    decide: (copies: readonly KmsKey[]) => Result<FamilyChange, R>,
    room?: RoomForCopies<R>,
  ): Promise<Result<FamilyChange, R | KeyNotFound>>;

  /** Ids in ascending order, those after `after`, at most `limit`; every state and AWS managed keys included. */
  listIds(tenancy: Tenancy, after: KeyId | undefined, limit: number): Promise<readonly KeyId[]>;
}

/** Stores aliases; decisions run while alias and target keys are held. */
export interface AliasRepository {
  find(tenancy: Tenancy, name: AliasName): Promise<Alias | undefined>;

  /** @param decide receives the target and the number of aliases it has already */
  create<R>(
    tenancy: Tenancy,
    name: AliasName,
    target: KeyId,
    decide: (target: KmsKey, aliasesOfTarget: number) => Result<Alias, R>,
  ): Promise<Result<Alias, R | AliasRefusal | KeyNotFound>>;

  /** @param decide receives the alias, its present target, the new one, and the number of aliases of the new one */
  update<R>(
    tenancy: Tenancy,
    name: AliasName,
    target: KeyId,
    decide: (alias: Alias, oldTarget: KmsKey, target: KmsKey, aliasesOfTarget: number) => Result<Alias, R>,
  ): Promise<Result<Alias, R | AliasRefusal | KeyNotFound>>;

  remove(tenancy: Tenancy, name: AliasName): Promise<Result<Alias, AliasRefusal>>;

  /** By name in ascending byte order, those after `after`, at most `limit`. */
  list(
    tenancy: Tenancy,
    query: { readonly target?: KeyId; readonly after?: AliasName; readonly limit: number },
  ): Promise<readonly Alias[]>;
}

/** What one node must know when something it may have cached was changed by any node. */
export type Change =
  | { readonly kind: 'key'; readonly name: KeyName }
  | { readonly kind: 'alias'; readonly tenancy: Tenancy; readonly alias: AliasName }
  | { readonly kind: 'accessKey'; readonly accessKeyId: string }
  /** What operators set; which of them, is not told: there are few. */
  | { readonly kind: 'quotas' }
  /** A custom key store and with it what the state of its keys follows from. */
  | { readonly kind: 'customKeyStore'; readonly tenancy: Tenancy; readonly id: CustomKeyStoreId }
  /** A user, group, role or managed policy, which others of its account may draw permissions from. */
  | { readonly kind: 'principal'; readonly account: AccountId; readonly principalId: string };

/** Tells of changes as they commit, on any node. */
export interface ChangeFeed {
  /** Are all changes heard of? While it is false, nothing that was cached may be trusted. */
  readonly live: boolean;
  /** @param onGap called when changes may have been missed: everything cached is worthless then */
  subscribe(onChange: (change: Change) => void, onGap: () => void): void;
}
