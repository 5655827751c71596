/** How much a cache may hold and for how long. */
export interface CacheBounds {
  readonly maxEntries: number;
  readonly maxAgeMs: number;
}

interface Entry<V> {
  readonly value: V;
  readonly until: number;
}

/** Least recently used goes first; nothing is given out beyond its age. */
export class BoundedCache<V> {
  readonly #entries = new Map<string, Entry<V>>();
  readonly #bounds: CacheBounds;
  readonly #now: () => number;
  #sweepAt = 0;

  /** @param now milliseconds of a clock that never goes back */
  constructor(bounds: CacheBounds, now: () => number) {
    this.#bounds = bounds;
    this.#now = now;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    if (this.#now() >= entry.until) return undefined;
    this.#entries.set(key, entry);
    return entry.value;
  }

  set(key: string, value: V): void {
    const now = this.#now();
    if (now >= this.#sweepAt) this.#sweep(now);
    this.#entries.delete(key);
    this.#entries.set(key, { value, until: now + this.#bounds.maxAgeMs });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#bounds.maxEntries) break;
      this.#entries.delete(oldest);
    }
  }

  /** Looks at every entry: for rare events. */
  deletePrefix(prefix: string): void {
    for (const key of this.#entries.keys()) if (key.startsWith(prefix)) this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  /** Lets go of what nobody asked for again. */
  #sweep(now: number): void {
    this.#sweepAt = now + this.#bounds.maxAgeMs;
    for (const [key, entry] of this.#entries) if (now >= entry.until) this.#entries.delete(key);
  }
}
