import { type Instant, type Tenancy, instant, parseKeyId } from '@keywarden/kernel';
import type { KeyName } from '@keywarden/keys';
import type { DueKeys } from '@keywarden/maintenance';
import { corrupt } from './corrupt-row';
import type { Database } from './database';
import { tenancyOf } from './key-row';
import { statement } from './statement';

/** The index `kms_keys_due` is over the same expression, so keys that are claimed or backed off cost nothing. */
const claim = statement(
  'claim_due_keys',
  `WITH due AS (
     SELECT region, key_id FROM kms_keys
     WHERE next_due_at IS NOT NULL AND greatest(next_due_at, claimed_until) <= $1::bigint
     ORDER BY greatest(next_due_at, claimed_until) LIMIT $3
     FOR UPDATE SKIP LOCKED)
   UPDATE kms_keys k SET claimed_until = $1::bigint + $2::bigint FROM due
   WHERE k.region = due.region AND k.key_id = due.key_id
   RETURNING k.account_id, k.region, k.key_id`,
);
const dueSince = statement(
  'due_keys_since',
  `SELECT greatest(next_due_at, claimed_until) AS since FROM kms_keys
   WHERE next_due_at IS NOT NULL AND greatest(next_due_at, claimed_until) <= $1::bigint
   ORDER BY greatest(next_due_at, claimed_until) LIMIT 1`,
);
const backOff = statement(
  'back_off_key',
  'UPDATE kms_keys SET claimed_until = $3, attempts = attempts + 1 WHERE region = $1 AND key_id = $2',
);
const clock = statement(
  'read_clock',
  'SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS milliseconds',
);

interface ClaimedRow {
  readonly account_id: string;
  readonly region: string;
  readonly key_id: string;
}

/** Claims due keys in the table `kms_keys` itself. */
export class PostgresDueKeys implements DueKeys {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async claim(now: Instant, leaseMs: number, limit: number): Promise<readonly (Tenancy & KeyName)[]> {
    assertWhole('leaseMs', leaseMs, 1_000, 600_000);
    assertWhole('limit', limit, 1, 1_000);
    const { rows } = await this.#database.query<ClaimedRow>(claim, [now, leaseMs, limit]);
    return rows.map((row) => ({ ...tenancyOf(row), id: parseKeyId(row.key_id) ?? corrupt('key_id') }));
  }

  async backOff({ region, id }: KeyName, until: Instant): Promise<void> {
    await this.#database.query(backOff, [region, id, until]);
  }

  async dueSince(now: Instant): Promise<Instant | undefined> {
    const { rows } = await this.#database.query<{ readonly since: number }>(dueSince, [now]);
    return rows[0] && instant(rows[0].since);
  }

  async clockDifference(now: Instant): Promise<number> {
    const { rows } = await this.#database.query<{ readonly milliseconds: number }>(clock, []);
    return (rows[0]?.milliseconds ?? corrupt('clock_timestamp')) - now;
  }
}

function assertWhole(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${name} must be a whole number from ${least} to ${most}, not ${value}`);
  }
}
