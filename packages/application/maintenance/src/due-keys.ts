import type { Instant, Tenancy } from '@keywarden/kernel';
import type { Deadline, KeyName } from '@keywarden/keys';

/** A key a scheduler has taken for itself, for the length of its lease. */
export type ClaimedKey = Tenancy &
  KeyName & { /** How often the work on it failed in a row. */ readonly failures: number };

export interface DueBacklog {
  /** Keys that are due and unclaimed; counted up to 100,000. */
  readonly due: number;
  /** Since when the longest overdue of them, or of those that failed, has been due. */
  readonly oldestDueAt?: Instant;
  /** Keys whose work failed the last time. */
  readonly failing: number;
}

/** @throws RangeError outside the ranges that `DueKeys.claim` names */
export function assertClaim(leaseMs: number, limit: number): void {
  assertWhole('leaseMs', leaseMs, 1_000, 600_000);
  assertWhole('limit', limit, 1, 1_000);
}

function assertWhole(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${name} must be a whole number from ${least} to ${most}, not ${value}`);
  }
}

/** Keys with which time has something to do; any number of schedulers share them. */
export interface DueKeys {
  /**
   * Claims keys that are due and unclaimed (`FOR UPDATE SKIP LOCKED`); a claim ends by itself after the lease, so the
   * work of a scheduler that died is taken up by another.
   *
   * @param leaseMs 1,000 to 600,000
   * @param limit 1 to 1,000
   */
  claim(now: Instant, leaseMs: number, limit: number): Promise<readonly ClaimedKey[]>;

  /** The work on a claimed key failed: nobody takes it again before `until`. */
  backOff(name: KeyName, until: Instant): Promise<void>;

  /**
   * Gives the warnings that are owed for the deadlines of a key, as its events, and works out anew when it is due next.
   * Each warning is given once, however many schedulers come by.
   *
   * @returns how many warnings were given
   */
  settle(name: Tenancy & KeyName, now: Instant): Promise<number>;

  backlog(now: Instant): Promise<DueBacklog>;

  /** Milliseconds by which the clock of the database is ahead of `now`; negative when behind. */
  clockDifference(now: Instant): Promise<number>;
}

/** A deadline and the key it is of. */
export type KeyDeadline = Deadline & { readonly key: Tenancy & KeyName };

/** What is going to be destroyed by itself, for those who watch it come. */
export interface KeyDeadlines {
  /**
   * The deadlines that come first, of each kind at most `limit`.
   *
   * @param limit 1 to 10,000
   */
  soonest(limit: number): Promise<readonly KeyDeadline[]>;
}
