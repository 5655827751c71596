import {
  type ClaimTerms,
  type ClaimedDelivery,
  type DestinationBacklog,
  type DestinationName,
  type EventDeliveries,
  type GivenUpDelivery,
  type GivenUpQuery,
  parseDestinationName,
} from '@keywarden/event-delivery';
import { type Instant, accept, instant } from '@keywarden/kernel';
import { corrupt } from './corrupt-row';
import type { Database } from './database';
import {
  claimDeliveries,
  deleteAndClaimNext,
  deleteDeliveries,
  failDelivery,
  giveUpDelivery,
  giveUpQueued,
  listGivenUp,
  purgeGivenUp,
  readBacklog,
  retryGivenUp,
} from './delivery-statements';
import { type EventRow, eventOf } from './event-row';

interface DeliveryRow extends EventRow {
  readonly queued_at: number;
  readonly attempts: number;
}

interface BacklogRow {
  readonly name: string;
  readonly waiting: number;
  readonly oldest_queued: number | null;
  readonly given_up: number;
}

/** One event of a claimed delivery. */
interface ClaimedRow extends DeliveryRow {
  /** The sequence number of the event that was claimed: this one, or one before it. */
  readonly head: number;
  readonly first_tried_at: number;
}

/** Deliveries in the table `event_deliveries`. */
export class PostgresEventDeliveries implements EventDeliveries {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async claim(
    destination: DestinationName,
    { now, leaseMs, atOnce }: ClaimTerms,
    limit: number,
  ): Promise<readonly ClaimedDelivery[]> {
    const values = [destination, now, leaseMs, limit, atOnce];
    const { rows } = await this.#database.query<ClaimedRow>(claimDeliveries, values);
    return deliveriesOf(destination, rows);
  }

  async delivered(
    { destination, event, behind }: ClaimedDelivery,
    terms?: ClaimTerms,
  ): Promise<ClaimedDelivery | undefined> {
    const taken = [event, ...behind].map(({ sequence }) => sequence);
    if (terms === undefined) {
      await this.#database.query(deleteDeliveries, [destination, taken]);
      return undefined;
    }
    const { region, id } = event.key;
    const { now, leaseMs, atOnce } = terms;
    const values = [destination, taken, region, id, now, leaseMs, atOnce];
    // In a transaction, because that is run again when it met another one head-on.
    const next = await this.#database.transaction<ClaimedDelivery | undefined, never>(async (queries) => {
      const { rows } = await queries.query<ClaimedRow>(deleteAndClaimNext, values);
      return accept(deliveriesOf(destination, rows)[0]);
    });
    return next.ok ? next.value : undefined;
  }

  async failed(delivery: ClaimedDelivery, until: Instant, failure: string, now: Instant): Promise<void> {
    const { destination, event, attempt } = delivery;
    const values = [destination, event.sequence, attempt, until, failure, now];
    // In a transaction, because that is run again when it met another one head-on.
    await this.#database.transaction<void, never>(async (queries) => {
      await queries.query(failDelivery, values);
      return accept(undefined);
    });
  }

  async giveUp({ destination, event, attempt }: ClaimedDelivery, failure: string, now: Instant): Promise<void> {
    await this.#database.query(giveUpDelivery, [destination, event.sequence, attempt, now, failure]);
  }

  async giveUpQueued(
    destination: DestinationName,
    queuedBefore: Instant,
    failure: string,
    now: Instant,
    limit: number,
  ): Promise<number> {
    const values = [destination, queuedBefore, now, failure, limit];
    return (await this.#database.query(giveUpQueued, values)).count;
  }

  async listGivenUp({ destination, after = 0, limit }: GivenUpQuery): Promise<readonly GivenUpDelivery[]> {
    type Row = DeliveryRow & { readonly given_up_at: number; readonly last_failure: string };
    const { rows } = await this.#database.query<Row>(listGivenUp, [destination, after, limit]);
    return rows.map((row) => ({
      destination,
      event: eventOf(row),
      queuedAt: instant(row.queued_at),
      attempts: row.attempts,
      givenUpAt: instant(row.given_up_at),
      lastFailure: row.last_failure,
    }));
  }

  async retry(
    destination: DestinationName,
    events: readonly string[] | undefined,
    now: Instant,
    limit: number,
  ): Promise<number> {
    return (await this.#database.query(retryGivenUp, [destination, events ?? null, now, limit])).count;
  }

  async purgeGivenUp(before: Instant, limit: number): Promise<number> {
    return (await this.#database.query(purgeGivenUp, [before, limit])).count;
  }

  async backlog(): Promise<readonly DestinationBacklog[]> {
    const { rows } = await this.#database.query<BacklogRow>(readBacklog, []);
    return rows.map(({ name, waiting, oldest_queued, given_up }) => ({
      destination: parseDestinationName(name) ?? corrupt('name'),
      waiting,
      givenUp: given_up,
      ...(oldest_queued !== null && { oldestQueuedAt: instant(oldest_queued) }),
    }));
  }
}

/** @param rows those of one delivery follow each other, the one that was claimed first */
function deliveriesOf(destination: DestinationName, rows: readonly ClaimedRow[]): readonly ClaimedDelivery[] {
  return rows
    .filter(({ head, sequence }) => head === sequence)
    .map((row) => ({
      destination,
      event: eventOf(row),
      behind: rows.filter(({ head, sequence }) => head === row.head && sequence > head).map(eventOf),
      queuedAt: instant(row.queued_at),
      attempt: row.attempts,
      firstTriedAt: instant(row.first_tried_at),
    }));
}
