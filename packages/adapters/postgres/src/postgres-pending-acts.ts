import { type ChainBatch, type PendingAct, type PendingActs, actOfEvent } from '@keywarden/audit';
import { accept } from '@keywarden/kernel';
import type { Database } from './database';
import { type EventRow, eventOf } from './event-row';
import type { PostgresChainWriter } from './postgres-chain-writer';
import { statement } from './statement';

const anyWaiting = statement('any_pending_act', 'SELECT 1 FROM audit_pending_acts LIMIT 1');
const take = statement(
  'take_pending_acts',
  `SELECT event_id, sequence, account_id, region, key_id, happened_at, type, details FROM audit_pending_acts
   ORDER BY sequence LIMIT $1 FOR UPDATE SKIP LOCKED`,
);
const remove = statement('remove_pending_acts', 'DELETE FROM audit_pending_acts WHERE event_id = ANY ($1::uuid[])');

/** Acts of the service in the table `audit_pending_acts`, where they are written together with the events of keys. */
export class PostgresPendingActs implements PendingActs {
  readonly #database: Database;
  readonly #writer: PostgresChainWriter;

  constructor(database: Database, writer: PostgresChainWriter) {
    this.#database = database;
    this.#writer = writer;
  }

  async record(limit: number, batchOf: (acts: readonly PendingAct[]) => ChainBatch): Promise<number> {
    if ((await this.#database.query(anyWaiting, [])).count === 0) return 0;
    const recorded = await this.#database.transaction<number, never>(async (queries) => {
      const events = (await queries.query<EventRow>(take, [limit])).rows.map(eventOf);
      const acts = events.flatMap((event): PendingAct[] => {
        const act = actOfEvent(event);
        return act === undefined ? [] : [{ key: event.key, act, eventId: event.id, at: event.at }];
      });
      if (acts.length > 0) await this.#writer.appendWithin(queries, batchOf(acts));
      // INVARIANT: what waits is removed where it comes on record, in one transaction, so that it comes there once.
      if (events.length > 0) await queries.query(remove, [events.map(({ id }) => id)]);
      return accept(acts.length);
    });
    return recorded.ok ? recorded.value : 0;
  }
}
