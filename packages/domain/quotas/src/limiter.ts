import { type Rate, spend } from './gcra';

/** Holds the buckets of request quotas, for one node or for all of them together. */
export interface RequestLimiter {
  /**
   * Spends tokens of a bucket, or nothing.
   *
   * @param bucket its name, the same on every node
   * @returns was it admitted; a promise only when somebody else must be asked, and it always settles soon
   */
  take(bucket: string, rate: Rate, cost: number): boolean | Promise<boolean>;
}

/** Milliseconds of a clock that never goes backwards. */
export type MonotonicClock = () => number;

const lookedAt = 8;

/** The buckets of one node alone. */
export class LocalLimiter implements RequestLimiter {
  readonly #fullAt = new Map<string, number>();

  /** @param capacity buckets kept at most; beyond, one that is full is forgotten, or else the oldest */
  constructor(
    private readonly now: MonotonicClock,
    private readonly capacity = 100_000,
  ) {}

  take(bucket: string, rate: Rate, cost: number): boolean {
    const now = this.now();
    const held = this.#fullAt.get(bucket);
    const { admitted, fullAt } = spend(held ?? 0, now, rate, cost);
    if (held === undefined && this.#fullAt.size >= this.capacity) this.#makeRoom(now);
    this.#fullAt.set(bucket, fullAt);
    return admitted;
  }

  /** Buckets held. */
  get size(): number {
    return this.#fullAt.size;
  }

  #makeRoom(now: number): void {
    let oldest: string | undefined;
    let looked = 0;
    for (const [bucket, fullAt] of this.#fullAt) {
      oldest ??= bucket;
      if (fullAt <= now) {
        this.#fullAt.delete(bucket);
        return;
      }
      looked += 1;
      if (looked === lookedAt) break;
    }
    if (oldest !== undefined) this.#fullAt.delete(oldest);
  }
}
