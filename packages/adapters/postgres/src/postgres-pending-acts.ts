import { type PendingAct, type PendingActs, actOfEvent } from '@keywarden/audit';
import type { Database } from './database';
import { type EventRow, eventOf } from './event-row';
import { statement } from './statement';

const list = statement(
  'list_pending_acts',
  `SELECT event_id, sequence, account_id, region, key_id, happened_at, type, details FROM audit_pending_acts
   ORDER BY sequence LIMIT $1`,
);
const remove = statement('remove_pending_acts', 'DELETE FROM audit_pending_acts WHERE event_id = ANY ($1::uuid[])');

/** Acts of the service in the table `audit_pending_acts`, where they are written together with the events of keys. */
export class PostgresPendingActs implements PendingActs {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async list(limit: number): Promise<readonly PendingAct[]> {
    const { rows } = await this.#database.query<EventRow>(list, [limit]);
    const events = rows.map(eventOf);
    const acts = events.flatMap((event): PendingAct[] => {
      const act = actOfEvent(event);
      return act === undefined ? [] : [{ key: event.key, act, eventId: event.id, at: event.at }];
    });
    const none = events.filter((event) => actOfEvent(event) === undefined);
    if (none.length > 0) await this.remove(none.map(({ id }) => id));
    return acts;
  }

  async remove(eventIds: readonly string[]): Promise<void> {
    await this.#database.query(remove, [eventIds]);
  }
}
