import type {
  ClaimTerms,
  ClaimedDelivery,
  DestinationBacklog,
  DestinationName,
  EventDeliveries,
  GivenUpDelivery,
  GivenUpQuery,
} from '@keywarden/event-delivery';
import { type Instant, instant } from '@keywarden/kernel';
import { type DeliveryRow, type Tables, compareText, copyOf, keyRow } from './tables';

/** Deliveries in an array. */
export class InMemoryEventDeliveries implements EventDeliveries {
  readonly #tables: Tables;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  async claim(destination: DestinationName, terms: ClaimTerms, limit: number): Promise<readonly ClaimedDelivery[]> {
    const heads = new Map<string, DeliveryRow>();
    for (const row of this.#waiting(destination)) {
      const key = keyRow(row.event.key);
      if (!heads.has(key)) heads.set(key, row);
    }
    const due = [...heads.values()].filter(({ dueAt }) => dueAt <= terms.now);
    due.sort((left, right) => left.dueAt - right.dueAt || left.event.sequence - right.event.sequence);
    return due.slice(0, limit).map((row) => this.#claim(row, terms));
  }

  async delivered(
    { destination, event, behind }: ClaimedDelivery,
    terms?: ClaimTerms,
  ): Promise<ClaimedDelivery | undefined> {
    const { deliveries } = this.#tables;
    const taken = new Set([event, ...behind].map(({ sequence }) => sequence));
    const isTaken = (row: DeliveryRow): boolean => row.destination === destination && taken.has(row.event.sequence);
    deliveries.splice(0, deliveries.length, ...deliveries.filter((row) => !isTaken(row)));
    this.#mark(destination, undefined);
    const next = this.#waiting(destination).find((row) => keyRow(row.event.key) === keyRow(event.key));
    return terms !== undefined && next !== undefined && next.dueAt <= terms.now ? this.#claim(next, terms) : undefined;
  }

  async failed(delivery: ClaimedDelivery, until: Instant, failure: string, now: Instant): Promise<void> {
    const row = this.#claimed(delivery);
    if (row === undefined) return;
    row.dueAt = until;
    row.lastFailure = failure;
    for (const behind of this.#waiting(delivery.destination)) {
      const sameKey = keyRow(behind.event.key) === keyRow(row.event.key);
      if (sameKey && behind.event.sequence > row.event.sequence) behind.dueAt = Math.max(behind.dueAt, until);
    }
    if (this.#tables.destinations.get(delivery.destination)?.failingSince === undefined) {
      this.#mark(delivery.destination, now);
    }
  }

  async giveUp(delivery: ClaimedDelivery, failure: string, now: Instant): Promise<void> {
    const row = this.#claimed(delivery);
    if (row === undefined) return;
    row.givenUpAt = now;
    row.lastFailure = failure;
  }

  async giveUpQueued(
    destination: DestinationName,
    queuedBefore: Instant,
    failure: string,
    now: Instant,
    limit: number,
  ): Promise<number> {
    const old = this.#waiting(destination).filter(({ queuedAt }) => queuedAt <= queuedBefore);
    const chosen = old.slice(0, limit);
    for (const row of chosen) {
      row.givenUpAt = now;
      row.lastFailure ??= failure;
    }
    return chosen.length;
  }

  async listGivenUp({ destination, after = 0, limit }: GivenUpQuery): Promise<readonly GivenUpDelivery[]> {
    return this.#givenUp()
      .filter((row) => row.destination === destination && row.event.sequence > after)
      .slice(0, limit)
      .map(({ event, queuedAt, attempts, givenUpAt, lastFailure = '' }) =>
        copyOf({ destination, event, queuedAt, attempts, givenUpAt, lastFailure }),
      );
  }

  async retry(
    destination: DestinationName,
    events: readonly string[] | undefined,
    now: Instant,
    limit: number,
  ): Promise<number> {
    const chosen = this.#givenUp()
      .filter((row) => row.destination === destination && (events === undefined || events.includes(row.event.id)))
      .slice(0, limit);
    for (const row of chosen) {
      const { event } = row;
      const again: DeliveryRow = { destination, event, queuedAt: now, dueAt: now, attempts: 0 };
      this.#tables.deliveries.splice(this.#tables.deliveries.indexOf(row), 1, again);
    }
    return chosen.length;
  }

  async purgeGivenUp(before: Instant, limit: number): Promise<number> {
    const old = new Set<DeliveryRow>(
      this.#givenUp()
        .filter(({ givenUpAt }) => givenUpAt < before)
        .slice(0, limit),
    );
    const { deliveries } = this.#tables;
    deliveries.splice(0, deliveries.length, ...deliveries.filter((row) => !old.has(row)));
    return old.size;
  }

  async backlog(): Promise<readonly DestinationBacklog[]> {
    return [...this.#tables.destinations.keys()].sort(compareText).map((destination) => {
      const queued = this.#waiting(destination).map(({ queuedAt }) => queuedAt);
      const givenUp = this.#givenUp().filter((row) => row.destination === destination).length;
      const oldest = queued.reduce((least, at) => Math.min(least, at), Infinity);
      const waits = { destination, waiting: queued.length, givenUp };
      return queued.length === 0 ? waits : { ...waits, oldestQueuedAt: instant(oldest) };
    });
  }

  #claim(row: DeliveryRow, { now, leaseMs, atOnce }: ClaimTerms): ClaimedDelivery {
    row.dueAt = now + leaseMs;
    row.attempts += 1;
    row.firstTriedAt ??= now;
    const { destination, event, queuedAt, attempts: attempt, firstTriedAt } = row;
    const behind = this.#waiting(destination)
      .map((one) => one.event)
      .filter(({ key, sequence }) => keyRow(key) === keyRow(event.key) && sequence > event.sequence)
      .slice(0, atOnce - 1);
    return copyOf({ destination, event, behind, queuedAt, attempt, firstTriedAt });
  }

  #waiting(destination: DestinationName): readonly DeliveryRow[] {
    return this.#tables.deliveries.filter((row) => row.destination === destination && row.givenUpAt === undefined);
  }

  #givenUp(): readonly (DeliveryRow & { readonly givenUpAt: Instant })[] {
    return this.#tables.deliveries.filter((row) => row.givenUpAt !== undefined) as readonly (DeliveryRow & {
      readonly givenUpAt: Instant;
    })[];
  }

  /** @returns undefined when somebody else has it by now */
  #claimed({ destination, event, attempt }: ClaimedDelivery): DeliveryRow | undefined {
    const row = this.#waiting(destination).find((one) => one.event.sequence === event.sequence);
    return row?.attempts === attempt ? row : undefined;
  }

  #mark(name: DestinationName, failingSince: Instant | undefined): void {
    const destination = this.#tables.destinations.get(name);
    if (destination === undefined) return;
    const { failingSince: _before, ...facts } = destination;
    this.#tables.destinations.set(name, failingSince === undefined ? facts : { ...facts, failingSince });
  }
}
