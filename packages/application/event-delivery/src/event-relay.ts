import { type BackOff, type EventLog, retryAt } from '@keywarden/events';
import { type Clock, type Instant, type Randomness, chance, days, plusDays, plusMilliseconds } from '@keywarden/kernel';
import { inParallel } from '@keywarden/maintenance';
import type { ClaimTerms, ClaimedDelivery, EventDeliveries } from './event-deliveries';
import type { EventDestination } from './event-destination';
import type { EventBatch, EventSenders, SendOutcome } from './event-sender';

export interface RelayOptions {
  /** Deliveries tried at the same time, for each destination. 1 to 100 */
  readonly parallel: number;
  /** How long a claim holds: longer than a try takes. */
  readonly leaseMs: number;
  /** When a delivery that failed is tried again. */
  readonly backOff: BackOff;
  /** A delivery is given up that has failed for so long. */
  readonly giveUpAfterMs: number;
  /** How long events, and what was given up, are kept. */
  readonly retentionInDays: number;
}

export interface RoundReport {
  readonly delivered: number;
  readonly failed: number;
  /** Of those that failed. */
  readonly givenUp: number;
  /** There may be more to try at once. */
  readonly more: boolean;
}

/** Whatever waited so long is given up even if nobody ever tried: no process sends to that kind of destination. */
const longestWaitInDays = 30;
/** So long keys with more to tell go on, before those that wait have their turn. */
const roundMs = 1_000;
const tidyBatch = 1_000;
const longestPauseAsked = 3_600_000;

/**
 * Brings events to their destinations: at least once each, in order for each key. Any number of schedulers run it. It
 * works on one destination at a time and never waits for another one.
 */
export class EventRelay {
  constructor(
    private readonly deliveries: EventDeliveries,
    private readonly events: EventLog,
    private readonly senders: EventSenders,
    private readonly clock: Clock,
    private readonly randomness: Randomness,
    private readonly options: RelayOptions,
  ) {}

  /** Does this process send to such destinations? */
  serves({ kind }: EventDestination): boolean {
    return this.senders[kind] !== undefined;
  }

  /**
   * Tries what is due, a few keys at the same time. A key whose events are taken goes on with its next ones for a while,
   * so that a long queue is not a round for each event.
   *
   * @param probe try one delivery only, to find out whether the destination is back
   */
  async deliver(destination: EventDestination, probe: boolean): Promise<RoundReport> {
    const { parallel } = this.options;
    const began = this.clock.now();
    const goesOnUntil = probe ? began : plusMilliseconds(began, roundMs);
    const atOnce = probe ? 1 : (this.senders[destination.kind]?.mostAtOnce ?? 1);
    const claimed = await this.deliveries.claim(destination.name, this.#terms(atOnce), probe ? 1 : parallel);
    const counts = { delivered: 0, failed: 0, givenUp: 0 };
    await inParallel(claimed, parallel, async (first) => {
      for (let delivery: ClaimedDelivery | undefined = first; delivery !== undefined;) {
        const outcome = await this.#send(destination, delivery);
        if (!outcome.delivered) {
          counts.failed += 1;
          if (await this.#failed(delivery, outcome)) counts.givenUp += 1;
          return;
        }
        counts.delivered += 1 + delivery.behind.length;
        const goOn = this.clock.now() < goesOnUntil;
        delivery = await this.deliveries.delivered(delivery, goOn ? this.#terms(atOnce) : undefined);
      }
    });
    return { ...counts, more: claimed.length > 0 };
  }

  /**
   * Gives up what waits for a destination that failed for too long, and forgets what is too old, a bounded number each
   * time.
   *
   * @returns how many deliveries were given up
   */
  async tidy(destinations: readonly EventDestination[]): Promise<number> {
    const now = this.clock.now();
    let givenUp = 0;
    for (const { name, failingSince } of destinations) {
      const giveUp = (queuedBefore: Instant, why: string) =>
        this.deliveries.giveUpQueued(name, queuedBefore, why, now, tidyBatch);
      const cutoff = plusMilliseconds(now, -this.options.giveUpAfterMs);
      if (failingSince !== undefined && failingSince <= cutoff) givenUp += await giveUp(cutoff, 'DestinationFailing');
      givenUp += await giveUp(plusDays(now, days(-longestWaitInDays)), 'WaitedTooLong');
    }
    const oldest = plusDays(now, days(-this.options.retentionInDays));
    await this.deliveries.purgeGivenUp(oldest, tidyBatch);
    await this.events.purge(oldest, tidyBatch);
    return givenUp;
  }

  #terms(atOnce: number): ClaimTerms {
    return { now: this.clock.now(), leaseMs: this.options.leaseMs, atOnce };
  }

  async #send(destination: EventDestination, { event, behind }: ClaimedDelivery): Promise<SendOutcome> {
    const events: EventBatch = [event, ...behind];
    const sent =
      destination.kind === 'webhook'
        ? this.senders.webhook?.send(destination, events)
        : this.senders['redis-stream']?.send(destination, events);
    return (await sent?.catch(faultOf)) ?? { delivered: false, failure: 'NoSender' };
  }

  /** @returns was it given up? */
  async #failed(
    delivery: ClaimedDelivery,
    { failure, retryAfterMs = 0 }: Extract<SendOutcome, { readonly delivered: false }>,
  ): Promise<boolean> {
    const now = this.clock.now();
    if (now - delivery.firstTriedAt >= this.options.giveUpAfterMs) {
      await this.deliveries.giveUp(delivery, failure, now);
      return true;
    }
    const next = retryAt(now, delivery.attempt, this.options.backOff, chance(this.randomness));
    const asked = plusMilliseconds(now, Math.min(retryAfterMs, longestPauseAsked));
    await this.deliveries.failed(delivery, asked > next ? asked : next, failure, now);
    return false;
  }
}

/** A sender must not throw; should it do so all the same, that is a failed try and not the end of the relay. */
function faultOf(fault: unknown): SendOutcome {
  return { delivered: false, failure: fault instanceof Error ? fault.name : 'Fault' };
}
