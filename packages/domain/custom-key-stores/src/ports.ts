import type { CustomKeyStoreId, Instant, KeyArn, KeyId, Result, SecretBytes, Tenancy } from '@keywarden/kernel';
import type { ConnectionErrorCode } from './connection';
import type { CustomKeyStore, CustomKeyStoreName, CustomKeyStoreType } from './custom-key-store';
import type {
  CustomKeyStoreHasKeys,
  CustomKeyStoreNotFound,
  KeyStoreFailed,
  StoreCollision,
  StoreKeyRefusal,
  StoreSettingsRefusal,
} from './refusals';

/** Stores custom key stores. Decisions are pure and run while the stores of the account and Region are held. */
export interface CustomKeyStoreRepository {
  find(name: CustomKeyStoreName): Promise<CustomKeyStore | undefined>;

  /** All stores of the account and Region, by id in ascending order; there are ten at most. */
  list(tenancy: Tenancy): Promise<readonly CustomKeyStore[]>;

  /** @param decide receives all stores there are; a decision that returns one of them stores nothing */
  create<R>(
    tenancy: Tenancy,
    decide: (existing: readonly CustomKeyStore[]) => Result<CustomKeyStore, R>,
  ): Promise<Result<CustomKeyStore, R | StoreCollision>>;

  /** A decision that returns the very store it was given stores nothing. */
  update<R>(
    name: CustomKeyStoreName,
    decide: (store: CustomKeyStore, existing: readonly CustomKeyStore[]) => Result<CustomKeyStore, R>,
  ): Promise<Result<CustomKeyStore, R | StoreCollision | CustomKeyStoreNotFound>>;

  /** @param decide receives the number of KMS keys in the store, in any state */
  remove<R>(
    name: CustomKeyStoreName,
    decide: (store: CustomKeyStore, keys: number) => Result<void, R>,
  ): Promise<Result<void, R | CustomKeyStoreNotFound | CustomKeyStoreHasKeys>>;
}

/** A key left behind in a token by the end of its KMS key. */
export interface OrphanedKey extends Tenancy {
  readonly keyId: KeyId;
  readonly storeId: CustomKeyStoreId;
  readonly clusterId: string;
  readonly deletedAt: Instant;
  /** How often its destruction failed. */
  readonly attempts: number;
}

/** Written in the transaction that deletes a KMS key, and removed when its token key is gone too. */
export interface OrphanedKeys {
  /** Those whose turn it is, longest waiting first. @param limit 1 to 1,000 */
  due(now: Instant, limit: number): Promise<readonly OrphanedKey[]>;
  forget(orphan: Pick<OrphanedKey, 'region' | 'keyId'>): Promise<void>;
  /** Its destruction failed: it is tried again at `until`. */
  postpone(orphan: Pick<OrphanedKey, 'region' | 'keyId'>, until: Instant): Promise<void>;
}

/**
 * What the IVs of token keys begin with. Each field is one process's for ever, so that no two encryptions under a key have
 * the same IV (NIST SP 800-38D, 8.2.1).
 */
export interface IvFields {
  /** @param field 8 bytes. @returns false when it is somebody's already */
  reserve(field: Uint8Array): Promise<boolean>;
}

/** A store with its secret opened, for as long as a node works with it. */
export interface StoreInUse {
  readonly store: CustomKeyStore;
  readonly secret: SecretBytes;
}

/** A key as its store knows it. */
export interface KeyInStore {
  readonly keyId: KeyId;
  readonly keyArn: KeyArn;
  /** The id in the external key manager; absent in tokens, which know the key by its KMS key id. */
  readonly externalId?: string;
}

/** The call to KMS on whose behalf the store is asked; goes to XKS proxies and into their logs. */
export interface StoreCall {
  readonly requestId: string;
  /** Such as `GenerateDataKey`. */
  readonly operation: string;
  /** ARN; absent where KMS acts by itself. */
  readonly caller?: string;
}

/** AES-256-GCM as the store made it. */
export interface StoreSealed {
  /** 12 or 16 bytes */
  readonly iv: Uint8Array;
  readonly ciphertext: Uint8Array;
  /** 16 bytes */
  readonly tag: Uint8Array;
  /** 0 to 20 bytes that an XKS proxy wants back. */
  readonly metadata?: Uint8Array;
}

/** The store says that the ciphertext, or what it is bound to, does not verify. */
export interface StoreCiphertextRefused {
  readonly code: 'CiphertextRefused';
}

/**
 * The way to the stores of one type. Every call has a deadline, and a store that does not answer is a refusal and no
 * fault. A node connects by itself when it first needs a store that is CONNECTED.
 */
export interface KeyStoreBackend {
  /** Are the settings true? Asked before a store is created, or its settings change. */
  verify(use: StoreInUse, call: StoreCall, before?: CustomKeyStore): Promise<Result<void, StoreSettingsRefusal>>;
  /** Do the two clusters have the same trust anchor? */
  related(clusterId: string, otherClusterId: string): boolean;
  connect(use: StoreInUse, call: StoreCall): Promise<Result<void, ConnectionErrorCode>>;
  /** Closes what this node holds of the store. */
  release(id: CustomKeyStoreId): Promise<void>;
  /** Makes the key in the token, or checks the one in the external key manager. */
  createKey(use: StoreInUse, key: KeyInStore, call: StoreCall): Promise<Result<void, StoreKeyRefusal>>;
  /**
   * @param plaintext 1 to 4,300 bytes
   * @param boundTo what the ciphertext is bound to, of any length
   */
  encrypt(
    use: StoreInUse,
    key: KeyInStore,
    plaintext: SecretBytes,
    boundTo: Uint8Array,
    call: StoreCall,
  ): Promise<Result<StoreSealed, KeyStoreFailed>>;
  decrypt(
    use: StoreInUse,
    key: KeyInStore,
    sealed: StoreSealed,
    boundTo: Uint8Array,
    call: StoreCall,
  ): Promise<Result<SecretBytes, KeyStoreFailed | StoreCiphertextRefused>>;
  /** @param length 1 to 1,024 bytes. @returns undefined where the type makes no random bytes */
  random(use: StoreInUse, length: number): Promise<Result<SecretBytes, KeyStoreFailed>> | undefined;
  /** Destroys the key; one that is gone already is no failure. The key of an external key manager is never touched. */
  destroyKey(use: StoreInUse, key: Pick<KeyInStore, 'keyId'>): Promise<Result<void, KeyStoreFailed>>;
}

export type KeyStoreBackends = Readonly<Record<CustomKeyStoreType, KeyStoreBackend>>;
