import type { AliasName, Clock, Instant, KeyId, Soon, Tenancy } from '@keywarden/kernel';
import {
  type AliasRepository,
  type Change,
  type ChangeFeed,
  type KeyName,
  type KeyRepository,
  type KmsKey,
  Readings,
} from '@keywarden/keys';
import { BoundedCache } from './bounded-cache';
import type { CacheCounts } from './cache-counts';

export interface DirectoryOptions {
  /** Entries kept at most, of keys and of aliases each. 1 to 10,000,000 */
  readonly capacity: number;
  /** Milliseconds after which an entry is read again even if no change was heard of. */
  readonly maxAgeMs: number;
}

interface Entry<T> {
  readonly value: T;
  readonly readAt: Instant;
}

/** One kind of thing held, and how often it was there when somebody asked. */
class Held<T> {
  readonly cache: BoundedCache<Entry<T>>;
  hits = 0;
  misses = 0;

  constructor(capacity: number) {
    this.cache = new BoundedCache(capacity);
  }

  get counts(): CacheCounts {
    return { hits: this.hits, misses: this.misses, entries: this.cache.size };
  }
}

/** Forgets whatever else a node derived from a key, such as unwrapped material. */
export interface DerivedFromKeys {
  forget(name: KeyName): void;
  clear(): void;
}

const keyOf = ({ region, id }: KeyName): string => `${region}/${id}`;
const aliasOf = ({ account, region }: Tenancy, name: AliasName): string => `${account}/${region}/${name}`;

/**
 * Finds keys and aliases, from memory when the node has them. Every change announced by any node drops what is held;
 * while announcements may be missed nothing held is trusted, and every look-up goes to the store.
 */
export class KeyDirectory {
  readonly #keys: Held<KmsKey>;
  readonly #aliases: Held<KeyId>;
  readonly #readings: Readings;

  constructor(
    private readonly keys: KeyRepository,
    private readonly aliases: AliasRepository,
    private readonly feed: ChangeFeed,
    private readonly derived: DerivedFromKeys,
    private readonly clock: Clock,
    private readonly options: DirectoryOptions,
  ) {
    this.#keys = new Held(options.capacity);
    this.#aliases = new Held(options.capacity);
    this.#readings = new Readings(feed);
    feed.subscribe(
      (change) => this.#drop(change),
      () => this.#dropAll(),
    );
  }

  get counts(): { readonly keys: CacheCounts; readonly aliases: CacheCounts } {
    return { keys: this.#keys.counts, aliases: this.#aliases.counts };
  }

  /** At once when the node has it. */
  findKey(name: KeyName): Soon<KmsKey | undefined> {
    const slot = keyOf(name);
    const held = this.#fresh(this.#keys, slot);
    if (held !== undefined) return held;
    // INVARIANT: each reading is an object of its own, so that what hangs on it, such as grants, is no older than it.
    return this.#read(this.#keys, slot, async () => {
      const key = await this.keys.find(name);
      return key && { ...key };
    });
  }

  /** @returns the id of the key that the alias names now */
  async findTarget(tenancy: Tenancy, name: AliasName): Promise<KeyId | undefined> {
    const slot = aliasOf(tenancy, name);
    const held = this.#fresh(this.#aliases, slot);
    if (held !== undefined) return held;
    return this.#read(this.#aliases, slot, async () => (await this.aliases.find(tenancy, name))?.targetKeyId);
  }

  #drop(change: Change): void {
    this.#readings.dropped();
    if (change.kind === 'key') {
      this.#keys.cache.delete(keyOf(change.name));
      this.derived.forget(change.name);
    }
    if (change.kind === 'customKeyStore') this.#keys.cache.deleteWhere(({ value }) => value.keyStore?.id === change.id);
    if (change.kind === 'alias') this.#aliases.cache.delete(aliasOf(change.tenancy, change.alias));
  }

  #dropAll(): void {
    this.#readings.dropped();
    this.#keys.cache.clear();
    this.#aliases.cache.clear();
    this.derived.clear();
  }

  #fresh<T>(held: Held<T>, slot: string): T | undefined {
    const entry = held.cache.get(slot);
    const trusted = entry !== undefined && this.feed.live && this.clock.now() - entry.readAt < this.options.maxAgeMs;
    if (trusted) held.hits += 1;
    else held.misses += 1;
    return trusted ? entry.value : undefined;
  }

  async #read<T>({ cache }: Held<T>, slot: string, read: () => Promise<T | undefined>): Promise<T | undefined> {
    const mayKeep = this.#readings.begin();
    const readAt = this.clock.now();
    const value = await read();
    if (value !== undefined && mayKeep()) cache.set(slot, { value, readAt });
    return value;
  }
}
