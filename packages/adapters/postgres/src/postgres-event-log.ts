import { recordedActs } from '@keywarden/audit';
import {
  type EventLog,
  type EventQuery,
  type Happening,
  type KeyEvent,
  type RecordedEvent,
  detailsOf,
  eventsOfKeyChange,
  keyEvent,
} from '@keywarden/events';
import type { Clock } from '@keywarden/kernel';
import type { KmsKey } from '@keywarden/keys';
import type { Database } from './database';
import { type EventRow, eventColumns, eventOf } from './event-row';
import { type Queries, statement } from './statement';

/** Types of events that may be acts of the service, which the audit trail must tell of. */
const actTypes = recordedActs.map((type) => `'${type}'`).join(', ');

/**
 * Row after row in the order given: an identity is drawn in that order. Destinations are held, so that one that is being
 * removed fails no change of a key.
 */
const record = statement(
  'record_events',
  `WITH recorded AS (
     INSERT INTO key_events (account_id, region, key_id, happened_at, type, details)
     SELECT given.account_id, given.region, given.key_id, given.happened_at, given.type, given.details
     FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::json[]) WITH ORDINALITY
       AS given (account_id, region, key_id, happened_at, type, details, place)
     ORDER BY given.place
     RETURNING sequence, id, account_id, region, key_id, happened_at, type, details),
   acts AS (
     INSERT INTO audit_pending_acts (event_id, sequence, account_id, region, key_id, happened_at, type, details)
     SELECT id, sequence, account_id, region, key_id, happened_at, type, details FROM recorded
     WHERE type IN (${actTypes}))
   INSERT INTO event_deliveries (destination, sequence, region, key_id, queued_at, due_at)
   SELECT d.name, r.sequence, r.region, r.key_id, r.happened_at, r.happened_at
   FROM recorded r CROSS JOIN (SELECT name FROM event_destinations FOR KEY SHARE) d`,
);

const list = statement(
  'list_events',
  `SELECT ${eventColumns} FROM key_events e WHERE sequence > $1 ORDER BY sequence LIMIT $2`,
);

const listOfKey = statement(
  'list_events_of_key',
  `SELECT ${eventColumns} FROM key_events e
   WHERE region = $3 AND key_id = $4 AND account_id = $5 AND sequence > $1 ORDER BY sequence LIMIT $2`,
);

const purge = statement(
  'purge_events',
  `DELETE FROM key_events WHERE sequence IN (
     SELECT e.sequence FROM key_events e
     WHERE e.happened_at < $1 AND NOT EXISTS (SELECT 1 FROM event_deliveries d WHERE d.sequence = e.sequence)
     ORDER BY e.happened_at LIMIT $2
     FOR UPDATE SKIP LOCKED)`,
);

/** Events in the table `key_events`, recorded by the repositories in the transaction of each change. */
export class PostgresEventLog implements EventLog {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** To be called while the key is held, after it was written. */
  keyChanged(queries: Queries, before: KmsKey | undefined, after: KmsKey | undefined): Promise<void> {
    return recordEvents(queries, eventsOfKeyChange(before, after, this.#clock.now()));
  }

  /** To be called while the keys are held. */
  happened(queries: Queries, ...happenings: readonly Happening[]): Promise<void> {
    const now = this.#clock.now();
    return recordEvents(
      queries,
      happenings.map(({ key, facts }) => keyEvent(key, now, facts)),
    );
  }

  async list({ key, after = 0, limit }: EventQuery): Promise<readonly RecordedEvent[]> {
    const { rows } =
      key === undefined
        ? await this.#database.query<EventRow>(list, [after, limit])
        : await this.#database.query<EventRow>(listOfKey, [after, limit, key.region, key.id, key.account]);
    return rows.map(eventOf);
  }

  async purge(before: number, limit: number): Promise<number> {
    return (await this.#database.query(purge, [before, limit])).count;
  }
}

async function recordEvents(queries: Queries, events: readonly KeyEvent[]): Promise<void> {
  if (events.length === 0) return;
  await queries.query(record, [
    events.map(({ key }) => key.account),
    events.map(({ key }) => key.region),
    events.map(({ key }) => key.id),
    events.map(({ at }) => at),
    events.map(({ facts }) => facts.type),
    events.map((event) => JSON.stringify(detailsOf(event))),
  ]);
}
