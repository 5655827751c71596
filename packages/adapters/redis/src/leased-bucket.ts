import type { Rate } from '@keywarden/quotas';

/** A lease holds what is spent in so many milliseconds, at most. */
const leaseMs = 50;
/** Below it tokens are not taken ahead of need: a node would keep a good part of the quota for itself. */
const smallestLease = 4;
/** Size of the first lease, when nothing is known of the demand. */
const firstLease = 8;
/** Tokens that nobody wanted for so long are given up. */
const leaseEndsAfterMs = 1_000;
/** A bucket that was found empty is not asked again sooner. */
const shortestPauseMs = 5;

/** Tokens a node may hold of a bucket at most: 5 % of a second's. None of slow buckets, whose tokens are taken singly. */
export function largestLease({ perSecond, burst }: Rate): number {
  const size = Math.min(Math.floor((perSecond * leaseMs) / 1_000), burst);
  return size < smallestLease ? 0 : size;
}

/** The part of one shared bucket that this node holds, in milliseconds of its own clock. */
export class LeasedBucket {
  #tokens = 0;
  #endsAt = 0;
  /** What a lease should hold now, by the demand. */
  #size = 0;
  #spent = 0;
  #askedAt = Number.NEGATIVE_INFINITY;
  #emptyUntil = Number.NEGATIVE_INFINITY;
  /** Tokens that callers wait for. */
  waiting = 0;
  /** The question under way, which all callers share. */
  asking: Promise<void> | undefined;

  /** @returns false when the node does not hold that many */
  take(cost: number, now: number): boolean {
    if (now >= this.#endsAt) this.#tokens = 0;
    if (this.#tokens < cost) return false;
    this.#tokens -= cost;
    this.#spent += cost;
    return true;
  }

  /** Should more be asked for, ahead of need? */
  runsLow(now: number): boolean {
    return this.asking === undefined && this.#tokens < this.#size / 2 && now >= this.#emptyUntil;
  }

  /** Was the shared bucket found empty just now? */
  foundEmpty(now: number): boolean {
    return now < this.#emptyUntil;
  }

  /** @returns how many tokens to ask for: what callers wait for, and a lease by the demand since the last question */
  wanted(rate: Rate, now: number): number {
    const largest = largestLease(rate);
    const sinceMs = Math.max(now - this.#askedAt, 1);
    const demand = Math.ceil(((this.#spent + this.waiting) * leaseMs) / sinceMs);
    this.#size = largest === 0 ? 0 : Math.min(Math.max(demand, firstLease), largest);
    this.#spent = 0;
    this.#askedAt = now;
    const held = now >= this.#endsAt ? 0 : this.#tokens;
    return Math.min(Math.max(this.waiting - held, this.#size - held, 1), Math.ceil(rate.burst));
  }

  /** Takes what was granted of what was wanted. */
  granted(granted: number, wanted: number, waitMs: number, now: number): void {
    if (now >= this.#endsAt) this.#tokens = 0;
    this.#tokens += granted;
    this.#endsAt = now + leaseEndsAfterMs;
    if (granted < wanted) this.#emptyUntil = now + Math.max(waitMs, shortestPauseMs);
  }
}
