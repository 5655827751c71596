import type { RecordedEvent } from '@keywarden/events';
import type { Instant } from '@keywarden/kernel';
import type { DestinationName } from './event-destination';

/** An event on its way to one destination. */
export interface EventDelivery {
  readonly destination: DestinationName;
  readonly event: RecordedEvent;
  readonly queuedAt: Instant;
}

/** A delivery that one scheduler has taken for itself, for the length of its lease. */
export interface ClaimedDelivery extends EventDelivery {
  /** Younger events of the same key, by ascending sequence number, that may be sent along with it. */
  readonly behind: readonly RecordedEvent[];
  /** Which try this is, from 1. It names the claim: whoever comes later has a higher one. */
  readonly attempt: number;
  /** When it was tried first. */
  readonly firstTriedAt: Instant;
}

/** How deliveries are claimed. */
export interface ClaimTerms {
  readonly now: Instant;
  /** 1,000 to 600,000; longer than a try takes */
  readonly leaseMs: number;
  /** Events of one key that go in one message, 1 to 1,000. */
  readonly atOnce: number;
}

export interface GivenUpDelivery extends EventDelivery {
  readonly attempts: number;
  readonly givenUpAt: Instant;
  readonly lastFailure: string;
}

export interface DestinationBacklog {
  readonly destination: DestinationName;
  readonly waiting: number;
  /** When the event that waits longest was queued. */
  readonly oldestQueuedAt?: Instant;
  readonly givenUp: number;
}

export interface GivenUpQuery {
  readonly destination: DestinationName;
  /** Only those of events behind this sequence number. */
  readonly after?: number;
  /** 1 to 1,000 */
  readonly limit: number;
}

/**
 * The events that destinations have not taken yet. Of each key and destination only the oldest waiting one is ever
 * claimed, so that a destination receives the events of a key in order, however many schedulers work.
 */
export interface EventDeliveries {
  /**
   * Claims what may be tried now (`FOR UPDATE SKIP LOCKED`), at most one delivery for each key.
   *
   * @param limit 1 to 1,000
   */
  claim(destination: DestinationName, terms: ClaimTerms, limit: number): Promise<readonly ClaimedDelivery[]>;

  /**
   * The destination has taken it and what is behind it: nobody sends that again.
   *
   * @param terms to claim in the same step what comes next for that key
   * @returns that; undefined when nothing may be tried now
   */
  delivered(delivery: ClaimedDelivery, terms?: ClaimTerms): Promise<ClaimedDelivery | undefined>;

  /**
   * Neither it nor what waits behind it for the same key is tried before `until`. Does nothing when another scheduler
   * has claimed it meanwhile.
   *
   * @param failure what went wrong, without secrets, up to 200 characters
   */
  failed(delivery: ClaimedDelivery, until: Instant, failure: string, now: Instant): Promise<void>;

  /** It is kept, and what waits behind it goes on. Does nothing when another scheduler has claimed it meanwhile. */
  giveUp(delivery: ClaimedDelivery, failure: string, now: Instant): Promise<void>;

  /**
   * Gives up what was queued at or before `queuedBefore`, whether it was tried or not.
   *
   * @returns how many were given up, at most `limit`
   */
  giveUpQueued(
    destination: DestinationName,
    queuedBefore: Instant,
    failure: string,
    now: Instant,
    limit: number,
  ): Promise<number>;

  /** By ascending sequence number of their events. */
  listGivenUp(query: GivenUpQuery): Promise<readonly GivenUpDelivery[]>;

  /**
   * Queues again what was given up, as if it had not been tried.
   *
   * @param events ids of events; all of the destination when absent
   * @returns how many are queued again, at most `limit`
   */
  retry(
    destination: DestinationName,
    events: readonly string[] | undefined,
    now: Instant,
    limit: number,
  ): Promise<number>;

  /** Forgets what was given up before `before`. @returns how many, at most `limit` */
  purgeGivenUp(before: Instant, limit: number): Promise<number>;

  /** One entry for each destination, by name. */
  backlog(): Promise<readonly DestinationBacklog[]>;
}
