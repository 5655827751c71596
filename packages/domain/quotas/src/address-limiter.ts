import { addressGroup } from './address-group';
import { type Rate, spend } from './gcra';
import type { MonotonicClock } from './limiter';

export interface AddressLimits {
  /** Failures of one address that come back each second, and how many it may have at once. */
  readonly failures: Rate;
  /** Addresses, and pairs of address and access key, held at most each. Default 50,000 */
  readonly capacity?: number;
  /** Milliseconds an access key is known from an address after its last good signature there. Default 15 minutes */
  readonly knownForMs?: number;
}

/** Of what an address may fail: 20 a second, 200 at once. */
export const defaultAddressFailures: Rate = { perSecond: 20, burst: 200 };

const defaultCapacity = 50_000;
const defaultKnownForMs = 900_000;
/** A pair that was seen within so long need not be noted again. */
const notedEveryMs = 30_000;

/**
 * Limits those whom nobody vouches for, by their address and before any cryptography. Only failures cost: an address that
 * has used them up is turned away until some have come back. An access key that signed well from that address before is
 * not turned away with the others: its failures from there count by themselves. So of many behind one address those who
 * sign well go on, while a stranger there can neither try more secrets nor keep them out, unless it claims their very
 * access key.
 */
export class AddressLimiter {
  /** Of addresses, and of pairs, when all their failures will have come back. */
  readonly #failures = new Map<string, number>();
  /** Pairs of address and access key, and when they last signed well. */
  readonly #known = new Map<string, number>();
  readonly #limits: Required<AddressLimits>;
  #turnedAway = 0;

  constructor(
    private readonly now: MonotonicClock,
    { failures, capacity = defaultCapacity, knownForMs = defaultKnownForMs }: AddressLimits,
  ) {
    this.#limits = { failures, capacity, knownForMs };
  }

  /** Requests turned away so far. */
  get turnedAway(): number {
    return this.#turnedAway;
  }

  /** Entries held at the moment. */
  get held(): { readonly addresses: number; readonly pairs: number } {
    return { addresses: this.#failures.size, pairs: this.#known.size };
  }

  /** @param accessKeyId the one the request claims; undefined when it claims none */
  admits(address: string | undefined, accessKeyId: string | undefined): boolean {
    const now = this.now();
    const fullAt = this.#failures.get(this.#accountOf(addressGroup(address), accessKeyId, now)) ?? 0;
    const admitted = fullAt <= now || spend(fullAt, now, this.#limits.failures).admitted;
    if (!admitted) this.#turnedAway += 1;
    return admitted;
  }

  /** A signature did not hold, or there was none where one is not needed: that costs the address as much. */
  failed(address: string | undefined, accessKeyId: string | undefined): void {
    const now = this.now();
    const account = this.#accountOf(addressGroup(address), accessKeyId, now);
    const { fullAt } = spend(this.#failures.get(account) ?? 0, now, this.#limits.failures);
    put(this.#failures, account, fullAt, this.#limits.capacity, now);
  }

  /** A signature held. */
  succeeded(address: string | undefined, accessKeyId: string): void {
    const now = this.now();
    const pair = pairOf(addressGroup(address), accessKeyId);
    const seenAt = this.#known.get(pair);
    if (seenAt !== undefined && now - seenAt < notedEveryMs) return;
    const staleBefore = now - this.#limits.knownForMs;
    put(this.#known, pair, now, this.#limits.capacity, staleBefore);
  }

  /** Where the failures of a request are counted. */
  #accountOf(group: string, accessKeyId: string | undefined, now: number): string {
    if (accessKeyId === undefined || this.#known.size === 0) return group;
    const pair = pairOf(group, accessKeyId);
    const seenAt = this.#known.get(pair);
    return seenAt !== undefined && now - seenAt < this.#limits.knownForMs ? pair : group;
  }
}

/** A group has no blank. */
const pairOf = (group: string, accessKeyId: string): string => `${group} ${accessKeyId}`;

const lookedAt = 8;

/** Puts an entry last, and makes room by forgetting one that is worth nothing any more, or else the oldest. */
function put(held: Map<string, number>, name: string, value: number, capacity: number, worthlessUntil: number): void {
  held.delete(name);
  if (held.size >= capacity) {
    let victim: string | undefined;
    let looked = 0;
    for (const [candidate, until] of held) {
      victim ??= candidate;
      if (until <= worthlessUntil) {
        victim = candidate;
        break;
      }
      looked += 1;
      if (looked === lookedAt) break;
    }
    if (victim !== undefined) held.delete(victim);
  }
  held.set(name, value);
}
