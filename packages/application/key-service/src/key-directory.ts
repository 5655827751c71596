import type { AliasName, Clock, Instant, KeyId, Tenancy } from '@keywarden/kernel';
import type { AliasRepository, Change, ChangeFeed, KeyName, KeyRepository, KmsKey } from '@keywarden/keys';
import { BoundedCache } from './bounded-cache';

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
  readonly #keys: BoundedCache<Entry<KmsKey>>;
  readonly #aliases: BoundedCache<Entry<KeyId>>;
  /** Counts drops: what was read before a drop is not kept after it. */
  #epoch = 0;

  constructor(
    private readonly keys: KeyRepository,
    private readonly aliases: AliasRepository,
    private readonly feed: ChangeFeed,
    private readonly derived: DerivedFromKeys,
    private readonly clock: Clock,
    private readonly options: DirectoryOptions,
  ) {
    this.#keys = new BoundedCache(options.capacity);
    this.#aliases = new BoundedCache(options.capacity);
    feed.subscribe(
      (change) => this.drop(change),
      () => this.#dropAll(),
    );
  }

  async findKey(name: KeyName): Promise<KmsKey | undefined> {
    const slot = keyOf(name);
    const held = this.#fresh(this.#keys.get(slot));
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
    const held = this.#fresh(this.#aliases.get(slot));
    if (held !== undefined) return held;
    return this.#read(this.#aliases, slot, async () => (await this.aliases.find(tenancy, name))?.targetKeyId);
  }

  /** Called by whoever changed something, so that this node sees its own changes before it answers. */
  drop(change: Change): void {
    this.#epoch += 1;
    if (change.kind === 'key') {
      this.#keys.delete(keyOf(change.name));
      this.derived.forget(change.name);
    }
    if (change.kind === 'alias') this.#aliases.delete(aliasOf(change.tenancy, change.alias));
  }

  #dropAll(): void {
    this.#epoch += 1;
    this.#keys.clear();
    this.#aliases.clear();
    this.derived.clear();
  }

  #fresh<T>(entry: Entry<T> | undefined): T | undefined {
    if (entry === undefined || !this.feed.live) return undefined;
    return this.clock.now() - entry.readAt < this.options.maxAgeMs ? entry.value : undefined;
  }

  async #read<T>(
    cache: BoundedCache<Entry<T>>,
    slot: string,
    read: () => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const epoch = this.#epoch;
    const readAt = this.clock.now();
    const value = await read();
    // INVARIANT: a value read before a drop is never kept after it, or a revocation could be overtaken by its own past.
    if (value !== undefined && epoch === this.#epoch && this.feed.live) cache.set(slot, { value, readAt });
    return value;
  }
}
