import { type LeasingCounts, LeasingLimiter, type LeasingOptions } from './leasing-limiter';
import { LiveNodes } from './live-nodes';
import type { RedisConnection } from './redis-connection';
import { RedisTokens } from './redis-tokens';

export interface SharedLimiterOptions extends Pick<LeasingOptions, 'onChange' | 'waitMs' | 'capacity' | 'now'> {
  /** Nodes the quota is divided by while Redis has not been heard of since the start. Default 1 */
  readonly assumedNodes?: number;
  /** Milliseconds between two calls by which nodes count one another, and find a Redis that is back. Default 1,000 */
  readonly beatMs?: number;
}

/** The request limiter of one node of many on a Redis, which it watches until `close`. */
export class SharedLimiter {
  readonly limiter: LeasingLimiter;
  readonly #nodes: LiveNodes;
  readonly #timer: NodeJS.Timeout;

  constructor(redis: RedisConnection, options: SharedLimiterOptions = {}) {
    const { assumedNodes = 1, beatMs = 1_000, ...leasing } = options;
    this.#nodes = new LiveNodes(redis);
    this.limiter = new LeasingLimiter(new RedisTokens(redis), {
      ...leasing,
      nodes: () => this.#nodes.known ?? assumedNodes,
    });
    this.#timer = setInterval(() => void this.beat(), beatMs);
    this.#timer.unref();
    void this.beat();
  }

  get counts(): LeasingCounts {
    return this.limiter.counts;
  }

  /** Tells the other nodes of this one, and finds out whether Redis answers; never rejects. */
  async beat(): Promise<void> {
    try {
      await this.#nodes.beat();
      this.limiter.sourceAnswers(true);
    } catch (fault) {
      this.limiter.sourceAnswers(false, fault);
    }
  }

  /** The connection stays the caller's to close. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#nodes.leave().catch(() => undefined);
  }
}
