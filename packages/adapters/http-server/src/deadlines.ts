/** Something that is told when its time is up. */
export interface Expiring {
  expire(): void;
}

/**
 * The same deadline for many, with one timer for all of them: whoever began first is due first. A timer for each would
 * cost a request more than the rest of its bookkeeping, and nearly all of them are never needed.
 */
export class Deadlines {
  /** In the order in which they are due. */
  readonly #dueAt = new Map<Expiring, number>();
  #timer: NodeJS.Timeout | undefined;

  /** @param afterMs from `begin` on, whole milliseconds */
  constructor(private readonly afterMs: number) {}

  begin(one: Expiring): void {
    this.#dueAt.set(one, performance.now() + this.afterMs);
    this.#timer ??= setTimeout(() => this.#expire(), this.afterMs);
  }

  end(one: Expiring): void {
    this.#dueAt.delete(one);
  }

  /** Nobody is told any more. */
  close(): void {
    clearTimeout(this.#timer);
    this.#dueAt.clear();
  }

  /** The timer was set for somebody who may have ended long since: it goes on for the first of those who are left. */
  #expire(): void {
    this.#timer = undefined;
    const now = performance.now();
    for (const [one, dueAt] of this.#dueAt) {
      if (dueAt > now) {
        this.#timer = setTimeout(() => this.#expire(), Math.ceil(dueAt - now));
        return;
      }
      this.#dueAt.delete(one);
      one.expire();
    }
  }
}
