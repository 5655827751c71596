/** How much a cache may hold and for how long. */
export interface CacheBounds {
  readonly maxEntries: number;
  readonly maxAgeMs: number;
}

interface Entry<V> {
  readonly value: V;
  readonly until: number;
}

/** When it is full, what was not used for longest goes first; nothing is given out beyond its age. */
export class BoundedCache<V> {
  readonly #entries = new Map<string, Entry<V>>();
  readonly #bounds: CacheBounds;
  readonly #now: () => number;
  readonly #groupOf: ((key: string) => string) | undefined;
  /** The keys of each group, so that forgetting one costs what it holds and not what the cache holds. */
  readonly #groups = new Map<string, Set<string>>();
  #sweepAt = 0;

  /**
   * @param now milliseconds of a clock that never goes back
   * @param groupOf what an entry is forgotten with; each by itself when absent
   */
  constructor(bounds: CacheBounds, now: () => number, groupOf?: (key: string) => string) {
    this.#bounds = bounds;
    this.#now = now;
    this.#groupOf = groupOf;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (this.#now() >= entry.until) {
      this.#delete(key);
      return undefined;
    }
    // A full cache orders by use; while there is room the order is of no use and costs two writes a read.
    if (this.#entries.size >= this.#bounds.maxEntries) {
      this.#entries.delete(key);
      this.#entries.set(key, entry);
    }
    return entry.value;
  }

  set(key: string, value: V): void {
    const now = this.#now();
    if (now >= this.#sweepAt) this.#sweep(now);
    this.#delete(key);
    this.#entries.set(key, { value, until: now + this.#bounds.maxAgeMs });
    this.#join(key);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#bounds.maxEntries) break;
      this.#delete(oldest);
    }
  }

  deleteGroup(group: string): void {
    const keys = this.#groups.get(group);
    this.#groups.delete(group);
    for (const key of keys ?? []) this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
    this.#groups.clear();
  }

  #join(key: string): void {
    const group = this.#groupOf?.(key);
    if (group === undefined) return;
    const keys = this.#groups.get(group);
    if (keys === undefined) this.#groups.set(group, new Set([key]));
    else keys.add(key);
  }

  #delete(key: string): void {
    if (!this.#entries.delete(key)) return;
    const group = this.#groupOf?.(key);
    const keys = group === undefined ? undefined : this.#groups.get(group);
    if (group === undefined || keys === undefined) return;
    keys.delete(key);
    if (keys.size === 0) this.#groups.delete(group);
  }

  /** Lets go of what nobody asked for again. */
  #sweep(now: number): void {
    this.#sweepAt = now + this.#bounds.maxAgeMs;
    for (const [key, entry] of this.#entries) if (now >= entry.until) this.#delete(key);
  }
}
