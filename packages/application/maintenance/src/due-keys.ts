import type { Instant, Tenancy } from '@keywarden/kernel';
import type { KeyName } from '@keywarden/keys';

/** Keys with which time has something to do; any number of schedulers share them. */
export interface DueKeys {
  /**
   * Claims keys that are due and unclaimed (`FOR UPDATE SKIP LOCKED`); a claim ends by itself after the lease, so the
   * work of a scheduler that died is taken up by another.
   *
   * @param leaseMs 1,000 to 600,000
   * @param limit 1 to 1,000
   */
  claim(now: Instant, leaseMs: number, limit: number): Promise<readonly (Tenancy & KeyName)[]>;

  /** The work on a claimed key failed: nobody takes it again before `until`. */
  backOff(name: KeyName, until: Instant): Promise<void>;

  /** Since when the key that waits longest, unclaimed, has been due; undefined when none is. */
  dueSince(now: Instant): Promise<Instant | undefined>;

  /** Milliseconds by which the clock of the database is ahead of `now`; negative when behind. */
  clockDifference(now: Instant): Promise<number>;
}
