/** A map that holds a bounded number of entries and drops the one that was used longest ago. */
export class BoundedCache<T> {
  readonly #entries = new Map<string, T>();

  /** @param capacity entries at most, 1 or more */
  constructor(private readonly capacity: number) {}

  get size(): number {
    return this.#entries.size;
  }

  get(name: string): T | undefined {
    const value = this.#entries.get(name);
    if (value === undefined) return undefined;
    // A full cache orders by use; while there is room the order is of no use and costs a write a read.
    if (this.#entries.size >= this.capacity) {
      this.#entries.delete(name);
      this.#entries.set(name, value);
    }
    return value;
  }

  set(name: string, value: T): void {
    this.#entries.delete(name);
    this.#entries.set(name, value);
    if (this.#entries.size <= this.capacity) return;
    const oldest = this.#entries.keys().next().value;
    if (oldest !== undefined) this.#entries.delete(oldest);
  }

  delete(name: string): void {
    this.#entries.delete(name);
  }

  /** Looks at every entry: for what happens rarely. */
  deleteWhere(unwanted: (value: T) => boolean): void {
    for (const [name, value] of this.#entries) if (unwanted(value)) this.#entries.delete(name);
  }

  clear(): void {
    this.#entries.clear();
  }
}
