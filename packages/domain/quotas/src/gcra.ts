/** How fast a bucket fills, and how much it holds. */
export interface Rate {
  /** Tokens that come back each second; more than 0. */
  readonly perSecond: number;
  /** Tokens a full bucket holds; at least 1. */
  readonly burst: number;
}

export interface Spending {
  readonly admitted: boolean;
  /** The bucket after it, also after a refusal. */
  readonly fullAt: number;
  /** Milliseconds until as much would be admitted; 0 when it was. */
  readonly waitMs: number;
}

/**
 * The generic cell rate algorithm. A bucket is one number: the instant, in milliseconds of whatever clock, at which it
 * is full again. In any stretch of time no more is spent than the burst and what came back meanwhile. When the clock
 * goes backwards, or the rate is raised, a bucket is at worst empty, and fills at its rate from there.
 *
 * @param fullAt the bucket; one that was never used is full: any instant that has passed, such as 0
 * @param cost tokens to spend; what is more than the bucket can hold costs all it holds
 */
export function spend(fullAt: number, now: number, rate: Rate, cost = 1): Spending {
  const perToken = 1_000 / rate.perSecond;
  const emptied = now + rate.burst * perToken;
  const held = Math.min(Math.max(fullAt, now), emptied);
  const after = held + Math.min(cost, rate.burst) * perToken;
  return after <= emptied + perToken * tolerance
    ? { admitted: true, fullAt: after, waitMs: 0 }
    : { admitted: false, fullAt: held, waitMs: after - emptied };
}

/** Part of a token that rounding may give too much, once: it does not add up. */
const tolerance = 1e-6;
