import type { RegisterEntry } from './root-key-register';
import type { AccountId, Instant, Region, Result, SecretBytes } from '@keywarden/kernel';

/** The top of the hierarchy: wraps domain keys and nothing else. */
export interface RootKey {
  /** Names the root key, so that a wrong one is noticed before anything is damaged. 1 to 64 printable characters. */
  readonly id: string;
  wrap(domainKey: SecretBytes, boundTo: Uint8Array): Promise<Uint8Array>;
  /** @returns undefined when the bytes were not wrapped by this root key for `boundTo` */
  unwrap(wrapped: Uint8Array, boundTo: Uint8Array): Promise<SecretBytes | undefined>;
  /** What its signatures are verified with; follows from the key and tells nothing of it. */
  readonly verificationKey: Uint8Array;
  /** Signs an entry of the register of root keys, and nothing else. */
  sign(entry: Uint8Array): Uint8Array;
}

/** The root keys of one database, as far as this process can open them. More than one only while a rotation runs. */
export interface RootKeys {
  /** The one that wraps new domain keys; read anew each time, because a rotation may have begun. */
  current(): Promise<RootKey>;
  /** @returns undefined when there is none of that id, or this process cannot open it */
  find(id: string): Promise<RootKey | undefined>;
}

/** A root key alone. */
export function soleRootKey(root: RootKey): RootKeys {
  return {
    current: () => Promise.resolve(root),
    find: (id) => Promise.resolve(id === root.id ? root : undefined),
  };
}

export type RootKeyProviderKind = 'file' | 'passphrase' | 'shares' | 'pkcs11' | 'aws-kms';

/** What a database keeps of a provider: enough to open it with its secret, and to wrap for it without; nothing secret. */
export interface ProviderDescription {
  /** 1 to 64 printable characters; another secret gives another id. */
  readonly id: string;
  readonly kind: RootKeyProviderKind;
  readonly parameters: Readonly<Record<string, string | number>>;
}

/** Wraps root keys so that one provider, and nothing else, opens them. */
export interface RootKeyWrapper {
  /** @param boundTo at most 1,024 bytes; the same are needed to unwrap */
  wrap(rootKey: SecretBytes, boundTo: Uint8Array): Promise<Uint8Array>;
}

/** A provider with its secret at hand, or with its token or service reached. */
export interface OpenProvider extends RootKeyWrapper {
  readonly description: ProviderDescription;
  /**
   * What a root key keeps, sealed, to wrap for this provider while its secret is not at hand: who does not know it cannot
   * make a wrapping that the provider opens. Absent where a token or service wraps, which asks for its own permission.
   */
  readonly admission?: SecretBytes;
  /** The root key that this provider is by itself, for domain keys that stand directly under it. */
  readonly root?: RootKey;
  /** @returns undefined when the bytes were not wrapped for this provider and `boundTo` */
  unwrap(wrapped: Uint8Array, boundTo: Uint8Array): Promise<SecretBytes | undefined>;
}

/** One way of keeping root keys, as this process was given access to it. */
export interface RootKeyProvider {
  readonly kind: RootKeyProviderKind;
  /** A new provider from the secret, token or service at hand. */
  create(): Promise<OpenProvider>;
  /** @returns undefined when the secret, token or service at hand is not that of the description */
  open(description: ProviderDescription): Promise<OpenProvider | undefined>;
  /** Opens what is at hand when that needs no description; only kinds that may be a root key by themselves have it. */
  load?(): Promise<OpenProvider>;
}

/** A root key whose bytes this process holds, and can hand to a wrapper. */
export interface HeldRootKey extends RootKey {
  wrappedBy(wrapper: RootKeyWrapper, boundTo: Uint8Array): Promise<Uint8Array>;
}

/** Reads what root keys signed, without any of them. */
export interface RootKeySignatures {
  verifies(verificationKey: Uint8Array, entry: Uint8Array, signature: Uint8Array): boolean;
  /** 32 bytes of a hash function without collisions. */
  digest(bytes: Uint8Array): Uint8Array;
}

/** Makes root keys out of random or unwrapped bytes. */
export interface RootKeyMaker extends RootKeySignatures {
  make(): HeldRootKey;
  /** Takes `bytes` over. @returns undefined when they are not the root key of that id */
  restore(id: string, bytes: SecretBytes): HeldRootKey | undefined;
}

export interface StoredDomainKey {
  readonly account: AccountId;
  readonly region: Region;
  /** From 1; the highest one wraps, all unwrap. */
  readonly version: number;
  readonly rootKeyId: string;
  readonly wrapped: Uint8Array;
}

/** Another root key became current meanwhile. */
export interface RootKeySuperseded {
  readonly code: 'RootKeySuperseded';
}

export interface DomainKeyRepository {
  /** All versions of one account and Region, oldest first. */
  list(account: AccountId, region: Region): Promise<readonly StoredDomainKey[]>;
  /** Stores the key unless that version is there already. @returns what is stored now */
  insertIfAbsent(key: StoredDomainKey): Promise<Result<StoredDomainKey, RootKeySuperseded>>;
  /** One stored domain key under each root key that has any, to check root keys against this database. */
  samples(): Promise<readonly StoredDomainKey[]>;
}

export interface RootKeyRecord {
  readonly id: string;
  /** `RETIRING`: a rotation moves its domain keys to the current one. */
  readonly status: 'CURRENT' | 'RETIRING';
  readonly createdAt: Instant;
}

export interface ProviderRecord extends ProviderDescription {
  readonly createdAt: Instant;
}

export interface RootKeyWrapping {
  readonly rootKeyId: string;
  readonly providerId: string;
  readonly wrapped: Uint8Array;
  /** The provider's admission, sealed by the root key for the provider's description. */
  readonly vouched: Uint8Array;
}

/** Which root keys there are, and who opens them. */
export interface RootKeyMembers {
  readonly roots: readonly RootKeyRecord[];
  readonly providers: readonly ProviderRecord[];
}

/** Small: at most two roots and a handful of providers. Without roots, the domain keys stand under a provider itself. */
export interface RootKeyState extends RootKeyMembers {
  readonly wrappings: readonly RootKeyWrapping[];
  /** What ceremonies made of the members, one after another, from version 1; at most 10,000. */
  readonly register: readonly RegisterEntry[];
}

/** How many domain keys stand under each root key; absent means none. */
export type DomainKeyCounts = ReadonlyMap<string, number>;

/** Stores which root keys there are and for whom they are wrapped. */
export interface RootKeyStore {
  state(): Promise<RootKeyState>;
  counts(): Promise<DomainKeyCounts>;
  /**
   * Runs the pure decision while no domain key can be added, and stores all of what it gives, or nothing. Entries of the
   * register are added and never changed.
   */
  change<R>(
    decide: (state: RootKeyState, counts: DomainKeyCounts) => Result<RootKeyState, R>,
  ): Promise<Result<RootKeyState, R>>;
  /** Those after `after` in the order of account, Region and version; at most `limit`. */
  domainKeysUnder(
    rootKeyId: string,
    after: StoredDomainKey | undefined,
    limit: number,
  ): Promise<readonly StoredDomainKey[]>;
  /** Stores another wrapping of the same domain key. @returns false when it is not `before` any more: nothing was done */
  rewrap(before: StoredDomainKey, after: Pick<StoredDomainKey, 'rootKeyId' | 'wrapped'>): Promise<boolean>;
}
