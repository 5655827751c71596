import {
  type DestinationExists,
  type DestinationName,
  type DestinationNotFound,
  type EventDestination,
  type EventDestinations,
  type TooManyDestinations,
} from '@keywarden/event-delivery';
import { type Result, accept, refuse } from '@keywarden/kernel';
import type { Database } from './database';
import { type DestinationRow, destinationColumns, destinationOf, settingsOf } from './destination-row';
import { statement } from './statement';

const list = statement('list_destinations', `SELECT ${destinationColumns} FROM event_destinations ORDER BY name`);
const hold = statement(
  'hold_destination',
  `SELECT ${destinationColumns} FROM event_destinations WHERE name = $1 FOR UPDATE`,
);
/** One at a time, so that the limit holds; who records events is not kept waiting. */
const lockTable = statement('lock_destinations', 'LOCK TABLE event_destinations IN SHARE ROW EXCLUSIVE MODE');
const count = statement('count_destinations', 'SELECT count(*) AS destinations FROM event_destinations');
const insert = statement(
  'insert_destination',
  'INSERT INTO event_destinations (name, kind, settings, created_at) VALUES ($1, $2, $3, $4)',
);
const update = statement(
  'update_destination',
  'UPDATE event_destinations SET kind = $2, settings = $3 WHERE name = $1',
);
const remove = statement('delete_destination', 'DELETE FROM event_destinations WHERE name = $1');

/** Destinations in the table `event_destinations`. */
export class PostgresEventDestinations implements EventDestinations {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async list(): Promise<readonly EventDestination[]> {
    const { rows } = await this.#database.query<DestinationRow>(list, []);
    return rows.map(destinationOf);
  }

  insert(
    destination: EventDestination,
    limit: number,
  ): Promise<Result<EventDestination, DestinationExists | TooManyDestinations>> {
    const { name, kind, createdAt } = destination;
    return this.#database.transaction<EventDestination, DestinationExists | TooManyDestinations>(async (queries) => {
      await queries.query(lockTable, []);
      if ((await queries.query(hold, [name])).count > 0) return refuse({ code: 'DestinationExists', name });
      const { rows } = await queries.query<{ readonly destinations: number }>(count, []);
      if ((rows[0]?.destinations ?? 0) >= limit) return refuse({ code: 'TooManyDestinations', limit });
      await queries.query(insert, [name, kind, settingsOf(destination), createdAt]);
      return accept(destination);
    });
  }

  update<R>(
    name: DestinationName,
    decide: (destination: EventDestination) => Result<EventDestination, R>,
  ): Promise<Result<EventDestination, R | DestinationNotFound>> {
    return this.#database.transaction<EventDestination, R | DestinationNotFound>(async (queries) => {
      const { rows } = await queries.query<DestinationRow>(hold, [name]);
      if (rows[0] === undefined) return refuse({ code: 'DestinationNotFound', name });
      const decided = decide(destinationOf(rows[0]));
      if (decided.ok) await queries.query(update, [name, decided.value.kind, settingsOf(decided.value)]);
      return decided;
    });
  }

  async remove(name: DestinationName): Promise<boolean> {
    return (await this.#database.query(remove, [name])).count > 0;
  }
}
