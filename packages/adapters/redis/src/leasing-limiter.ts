import { LocalLimiter, type MonotonicClock, type Rate, type RequestLimiter } from '@keywarden/quotas';
import { LeasedBucket } from './leased-bucket';
import type { TokenSource } from './redis-tokens';

export interface LeasingOptions {
  /** Nodes the quota is divided by while each is alone. */
  readonly nodes: () => number;
  /** Told once that this node is alone from now on, or not any more. */
  readonly onChange?: (alone: boolean, fault?: unknown) => void;
  /** Milliseconds a caller waits for the shared bucket before it is decided without. Default 100 */
  readonly waitMs?: number;
  /** Buckets held at most. Default 100,000 */
  readonly capacity?: number;
  readonly now?: MonotonicClock;
}

/** What a limiter has done since it was made. */
export interface LeasingCounts {
  /** Is this node limiting by itself? */
  readonly alone: boolean;
  readonly nodes: number;
  /** Questions to the shared buckets. */
  readonly asked: number;
  readonly failed: number;
  /** Requests decided without the shared bucket. */
  readonly decidedAlone: number;
}

const attempts = 4;

/**
 * Request limits that nodes share. A node takes tokens of the shared bucket in small leases, more when it runs low, so
 * that a request hardly ever waits. No token is given out twice: over any time T all nodes together admit at most
 * `burst + perSecond × T`, and within a shorter stretch at most one lease a node more, which was taken before it.
 *
 * While the source does not answer each node is alone: it admits its share, `1 / nodes` of rate and burst, by a bucket of
 * its own. Each change from shared to alone can thus admit one more burst in total.
 */
export class LeasingLimiter implements RequestLimiter {
  readonly #buckets = new Map<string, LeasedBucket>();
  readonly #own: LocalLimiter;
  readonly #now: MonotonicClock;
  readonly #waitMs: number;
  readonly #capacity: number;
  #alone = false;
  #asked = 0;
  #failed = 0;
  #decidedAlone = 0;

  constructor(
    private readonly source: TokenSource,
    private readonly options: LeasingOptions,
  ) {
    this.#now = options.now ?? (() => performance.now());
    this.#waitMs = options.waitMs ?? 100;
    this.#capacity = options.capacity ?? 100_000;
    this.#own = new LocalLimiter(this.#now, this.#capacity);
  }

  get counts(): LeasingCounts {
    return {
      alone: this.#alone,
      nodes: this.#nodes(),
      asked: this.#asked,
      failed: this.#failed,
      decidedAlone: this.#decidedAlone,
    };
  }

  take(bucket: string, rate: Rate, cost: number): boolean | Promise<boolean> {
    if (this.#alone) return this.#takeAlone(bucket, rate, cost);
    const now = this.#now();
    const leased = this.#bucketOf(bucket);
    const price = Math.min(cost, rate.burst);
    if (leased.take(price, now)) {
      if (leased.runsLow(now)) void this.#ask(bucket, leased, rate);
      return true;
    }
    return leased.foundEmpty(now) ? false : this.#wait(bucket, leased, rate, price);
  }

  /** Told by whoever looks after the source whether it answers; a failed question is found out here. */
  sourceAnswers(answers: boolean, fault?: unknown): void {
    if (this.#alone === !answers) return;
    this.#alone = !answers;
    // What was leased is not forgotten, but ends by itself.
    this.options.onChange?.(this.#alone, fault);
  }

  async #wait(bucket: string, leased: LeasedBucket, rate: Rate, price: number): Promise<boolean> {
    const { promise: late, resolve } = Promise.withResolvers<'late'>();
    const timer = setTimeout(() => resolve('late'), this.#waitMs);
    leased.waiting += price;
    try {
      // Others may take what an answer brought before it is this caller's turn.
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        const asked = await Promise.race([this.#ask(bucket, leased, rate), late]);
        if (this.#alone || asked === 'late') break;
        const now = this.#now();
        if (leased.take(price, now)) return true;
        if (leased.foundEmpty(now)) return false;
      }
    } finally {
      leased.waiting -= price;
      clearTimeout(timer);
    }
    return this.#takeAlone(bucket, rate, price);
  }

  /** One question at a time for each bucket; it never rejects. */
  #ask(bucket: string, leased: LeasedBucket, rate: Rate): Promise<void> {
    leased.asking ??= this.#question(bucket, leased, rate).finally(() => {
      leased.asking = undefined;
    });
    return leased.asking;
  }

  async #question(bucket: string, leased: LeasedBucket, rate: Rate): Promise<void> {
    // Callers of the same turn are asked for together.
    await Promise.resolve();
    const wanted = leased.wanted(rate, this.#now());
    this.#asked += 1;
    try {
      const { granted, waitMs } = await this.source.take(bucket, rate, wanted);
      leased.granted(granted, wanted, waitMs, this.#now());
    } catch (fault) {
      this.#failed += 1;
      this.sourceAnswers(false, fault);
    }
  }

  #takeAlone(bucket: string, rate: Rate, cost: number): boolean {
    this.#decidedAlone += 1;
    const nodes = this.#nodes();
    const perSecond = rate.perSecond / nodes;
    return this.#own.take(bucket, { perSecond, burst: Math.max(1, Math.floor(rate.burst / nodes)) }, cost);
  }

  #nodes(): number {
    return Math.max(1, this.options.nodes());
  }

  #bucketOf(name: string): LeasedBucket {
    const found = this.#buckets.get(name);
    if (found !== undefined) return found;
    if (this.#buckets.size >= this.#capacity) {
      const [oldest] = this.#buckets.keys();
      if (oldest !== undefined) this.#buckets.delete(oldest);
    }
    const made = new LeasedBucket();
    this.#buckets.set(name, made);
    return made;
  }
}
