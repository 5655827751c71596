import { type KeyObject, createSecretKey, randomFillSync } from 'node:crypto';
import { type DomainKeyRepository, type RootKeys, type StoredDomainKey, domainKeyBinding } from '@keywarden/crypto';
import { SecretBytes, type Tenancy } from '@keywarden/kernel';
import { BoundedCache, type CacheBounds } from './bounded-cache';
import { Coalesced } from './coalesced';
import { domainKeyVersionOf, openBox, sealBox } from './sealed-box';

/** A stored domain key does not open under this root key: a wrong root key, or damaged or copied rows. */
export class DomainKeyUnusableError extends Error {
  override readonly name = 'DomainKeyUnusableError';
}

export interface DomainKeysOptions {
  /** Unwrapped domain keys in memory; by default 1,000 account and Region pairs for 5 minutes. */
  readonly cache?: CacheBounds;
  /** Milliseconds of a clock that never goes back. */
  readonly monotonicNow?: () => number;
}

interface UnwrappedDomain {
  readonly current: number;
  readonly byVersion: ReadonlyMap<number, KeyObject>;
}

const keyBytes = 32;
/** To make a domain key while rotations of the root key begin. */
const attempts = 5;

/**
 * The middle of the hierarchy: one key per account and Region, made on first use, wrapped by the root key and wrapping
 * everything below.
 */
export class DomainKeys {
  readonly #roots: RootKeys;
  readonly #repository: DomainKeyRepository;
  readonly #cache: BoundedCache<UnwrappedDomain>;
  readonly #loads = new Coalesced<UnwrappedDomain>();

  constructor(roots: RootKeys, repository: DomainKeyRepository, options: DomainKeysOptions = {}) {
    this.#roots = roots;
    this.#repository = repository;
    const now = options.monotonicNow ?? (() => performance.now());
    this.#cache = new BoundedCache(options.cache ?? { maxEntries: 1_000, maxAgeMs: 300_000 }, now);
  }

  /** Wraps a secret of this account and Region for one binding. */
  async seal(owner: Tenancy, binding: Uint8Array, secret: SecretBytes): Promise<Uint8Array<ArrayBuffer>> {
    const domain = await this.#domain(owner);
    return sealBox(keyOf(domain, domain.current), domain.current, binding, secret);
  }

  /** @returns undefined unless the bytes were sealed for this account, Region and binding */
  async open(owner: Tenancy, binding: Uint8Array, sealed: Uint8Array): Promise<SecretBytes | undefined> {
    const version = domainKeyVersionOf(sealed);
    if (version === undefined) return undefined;
    let domain = await this.#domain(owner);
    // Versions only grow, so a number just above the known ones is a rotation not seen yet; others are made up.
    if (version === domain.current + 1) domain = await this.#load(owner);
    const key = domain.byVersion.get(version);
    return key === undefined ? undefined : openBox(key, binding, sealed);
  }

  /** Drops all unwrapped domain keys. */
  clear(): void {
    this.#cache.clear();
    this.#loads.clear();
  }

  async #domain(owner: Tenancy): Promise<UnwrappedDomain> {
    return this.#cache.get(nameOf(owner)) ?? (await this.#load(owner));
  }

  #load(owner: Tenancy): Promise<UnwrappedDomain> {
    const name = nameOf(owner);
    return this.#loads.run(name, async () => {
      const domain = await this.#unwrapStored(owner).catch((error: unknown) => {
        // A rotation of the root key may have ended between reading the rows and opening their root key.
        if (error instanceof DomainKeyUnusableError) return this.#unwrapStored(owner);
        throw error;
      });
      this.#cache.set(name, domain);
      return domain;
    });
  }

  async #unwrapStored(owner: Tenancy): Promise<UnwrappedDomain> {
    const stored = await this.#repository.list(owner.account, owner.region);
    return this.#unwrapAll(stored.length > 0 ? stored : [await this.#make(owner)]);
  }

  async #make({ account, region }: Tenancy): Promise<StoredDomainKey> {
    using key = SecretBytes.adopt(randomFillSync(new Uint8Array(keyBytes)));
    const binding = domainKeyBinding({ account, region }, 1);
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const root = await this.#roots.current();
      const wrapped = await root.wrap(key, binding);
      const made = { account, region, version: 1, rootKeyId: root.id, wrapped };
      const stored = await this.#repository.insertIfAbsent(made);
      if (stored.ok) return stored.value;
    }
    throw new Error(`the root key was changed ${attempts} times while a domain key was made`);
  }

  async #unwrapAll(stored: readonly StoredDomainKey[]): Promise<UnwrappedDomain> {
    const byVersion = new Map<number, KeyObject>();
    for (const key of stored) byVersion.set(key.version, await this.#unwrap(key));
    return { current: Math.max(...byVersion.keys()), byVersion };
  }

  async #unwrap(stored: StoredDomainKey): Promise<KeyObject> {
    using key = await unwrapDomainKey(this.#roots, stored);
    if (key?.length !== keyBytes) {
      const name = `domain key ${stored.version} of ${stored.account} in ${stored.region}`;
      throw new DomainKeyUnusableError(
        `${name} was wrapped by root key ${stored.rootKeyId} and does not open under the root keys at hand`,
      );
    }
    return key.expose((bytes) => createSecretKey(bytes));
  }
}

/** @returns undefined when none of the root keys wrapped this domain key for this place */
export async function unwrapDomainKey(roots: RootKeys, stored: StoredDomainKey): Promise<SecretBytes | undefined> {
  const root = await roots.find(stored.rootKeyId);
  return root?.unwrap(stored.wrapped, domainKeyBinding(stored, stored.version));
}

function nameOf({ account, region }: Tenancy): string {
  return `${account}/${region}`;
}

function keyOf(domain: UnwrappedDomain, version: number): KeyObject {
  const key = domain.byVersion.get(version);
  if (key === undefined) throw new Error(`no domain key of version ${version}`);
  return key;
}
