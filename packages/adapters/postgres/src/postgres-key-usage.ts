import type { Instant } from '@keywarden/kernel';
import type { KeyUsageRecords, KeyUse, NotedUse } from '@keywarden/key-service';
import type { KeyName } from '@keywarden/keys';
import type { Database } from './database';
import { statement } from './statement';

const find = statement(
  'find_key_last_use',
  'SELECT operation, used_at, request_id, event_id FROM key_last_uses WHERE region = $1 AND key_id = $2',
);

/** Keys that are gone are left out; rows are taken in one order, so that nodes which record at once do not deadlock. */
const record = statement(
  'record_key_last_uses',
  `INSERT INTO key_last_uses AS known (region, key_id, operation, used_at, request_id, event_id)
   SELECT noted.* FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[])
     AS noted (region, key_id, operation, used_at, request_id, event_id)
   JOIN kms_keys k ON k.region = noted.region AND k.key_id = noted.key_id
   ORDER BY noted.region, noted.key_id
   ON CONFLICT (region, key_id) DO UPDATE
     SET operation = excluded.operation, used_at = excluded.used_at,
         request_id = excluded.request_id, event_id = excluded.event_id
     WHERE known.used_at <= excluded.used_at`,
);

interface UseRow {
  readonly operation: KeyUse['operation'];
  readonly used_at: Instant;
  readonly request_id: string;
  readonly event_id: string | null;
}

/** The last use of each key, in a table of its own so that recording never touches the keys. */
export class PostgresKeyUsage implements KeyUsageRecords {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async lastUse({ region, id }: KeyName): Promise<KeyUse | undefined> {
    const { rows } = await this.#database.query<UseRow>(find, [region, id]);
    const [row] = rows;
    if (row === undefined) return undefined;
    const { operation, used_at: at, request_id: requestId, event_id: eventId } = row;
    return { operation, at, requestId, ...(eventId !== null && { eventId }) };
  }

  async record(uses: readonly NotedUse[]): Promise<void> {
    if (uses.length === 0) return;
    await this.#database.query(record, [
      uses.map(({ key }) => key.region),
      uses.map(({ key }) => key.id),
      uses.map(({ operation }) => operation),
      uses.map(({ at }) => at),
      uses.map(({ requestId }) => requestId),
      uses.map(({ eventId }) => eventId ?? null),
    ]);
  }
}
