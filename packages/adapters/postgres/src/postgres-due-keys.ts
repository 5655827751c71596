import { warningOfKey } from '@keywarden/events';
import { type Instant, type Tenancy, accept, instant, parseKeyId } from '@keywarden/kernel';
import { type KeyName, dueWarnings, nextDue, nextWarning, parseKeyMaterialId } from '@keywarden/keys';
import {
  type ClaimedKey,
  type DueBacklog,
  type DueKeys,
  type KeyDeadline,
  type KeyDeadlines,
  assertClaim,
} from '@keywarden/maintenance';
import { corrupt } from './corrupt-row';
import type { Database } from './database';
import { holdKey } from './held-keys';
import { tenancyOf } from './key-row';
import type { PostgresEventLog } from './postgres-event-log';
import { statement } from './statement';

/** When a key is due, and when it can be claimed; the index `kms_keys_due` is over the very same expressions. */
const dueAt = 'least(next_due_at, next_warning_at)';
const claimableAt = `greatest(${dueAt}, claimed_until)`;
const claimable = `${dueAt} IS NOT NULL AND ${claimableAt} <= $1::bigint`;

const claim = statement(
  'claim_due_keys',
  `WITH due AS (
     SELECT region, key_id FROM kms_keys WHERE ${claimable} ORDER BY ${claimableAt} LIMIT $3
     FOR UPDATE SKIP LOCKED)
   UPDATE kms_keys k SET claimed_until = $1::bigint + $2::bigint FROM due
   WHERE k.region = due.region AND k.key_id = due.key_id
   RETURNING k.account_id, k.region, k.key_id, k.attempts`,
);
const backOff = statement(
  'back_off_key',
  'UPDATE kms_keys SET claimed_until = $3, attempts = attempts + 1 WHERE region = $1 AND key_id = $2',
);
const readWarning = statement(
  'read_next_warning',
  'SELECT next_warning_at FROM kms_keys WHERE region = $1 AND key_id = $2',
);
/** What is due all the same could not be done now: it stays claimed, so that nobody tries in a tight loop. */
const settleKey = statement(
  'settle_key',
  `UPDATE kms_keys SET next_due_at = $3::bigint, next_warning_at = $4::bigint, attempts = 0,
     claimed_until = CASE WHEN $3::bigint <= $5::bigint THEN claimed_until END
   WHERE region = $1 AND key_id = $2`,
);
const backlog = statement(
  'read_due_backlog',
  `SELECT count(*) AS due, min(due_at) AS oldest_due,
     (SELECT count(*) FROM kms_keys WHERE attempts > 0) AS failing,
     (SELECT min(${dueAt}) FROM kms_keys WHERE attempts > 0) AS oldest_failing
   FROM (SELECT ${dueAt} AS due_at FROM kms_keys WHERE ${claimable} ORDER BY ${claimableAt} LIMIT 100000) AS claimable`,
);
const soonestDeletions = statement(
  'soonest_deletions',
  `SELECT account_id, region, key_id, deletion_date AS at FROM kms_keys
   WHERE deletion_date IS NOT NULL ORDER BY deletion_date LIMIT $1`,
);
const soonestExpiries = statement(
  'soonest_expiries',
  `SELECT k.account_id, m.region, m.key_id, m.material_id, m.valid_to AS at
   FROM (
     SELECT region, key_id, material_id, valid_to FROM key_materials
     WHERE wrapped IS NOT NULL AND valid_to IS NOT NULL ORDER BY valid_to LIMIT $1) AS m
   JOIN kms_keys k USING (region, key_id) ORDER BY m.valid_to`,
);
const clock = statement(
  'read_clock',
  'SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS milliseconds',
);

interface NameRow {
  readonly account_id: string;
  readonly region: string;
  readonly key_id: string;
}

interface BacklogRow {
  readonly due: number;
  readonly oldest_due: number | null;
  readonly failing: number;
  readonly oldest_failing: number | null;
}

/** Claims due keys in the table `kms_keys` itself. */
export class PostgresDueKeys implements DueKeys, KeyDeadlines {
  readonly #database: Database;
  readonly #events: PostgresEventLog;
  readonly #warningDays: readonly number[];

  constructor(database: Database, events: PostgresEventLog, warningDays: readonly number[]) {
    this.#database = database;
    this.#events = events;
    this.#warningDays = warningDays;
  }

  async claim(now: Instant, leaseMs: number, limit: number): Promise<readonly ClaimedKey[]> {
    assertClaim(leaseMs, limit);
    const values = [now, leaseMs, limit];
    const { rows } = await this.#database.query<NameRow & { readonly attempts: number }>(claim, values);
    return rows.map((row) => ({ ...nameOf(row), failures: row.attempts }));
  }

  async backOff({ region, id }: KeyName, until: Instant): Promise<void> {
    await this.#database.query(backOff, [region, id, until]);
  }

  async settle(name: Tenancy & KeyName, now: Instant): Promise<number> {
    const { region, id } = name;
    const settled = await this.#database.transaction<number, never>(async (queries) => {
      const key = await holdKey(queries, name);
      if (key === undefined) return accept(0);
      const { rows } = await queries.query<{ readonly next_warning_at: number | null }>(readWarning, [region, id]);
      const { next_warning_at: owed = null } = rows[0] ?? {};
      const given = dueWarnings(key, owed === null ? undefined : instant(owed), now, this.#warningDays);
      const warning = nextWarning(key, now, this.#warningDays) ?? null;
      await queries.query(settleKey, [region, id, nextDue(key) ?? null, warning, now]);
      await this.#events.happened(queries, ...given.map((one) => warningOfKey(name, one)));
      return accept(given.length);
    });
    return settled.ok ? settled.value : 0;
  }

  async backlog(now: Instant): Promise<DueBacklog> {
    const { rows } = await this.#database.query<BacklogRow>(backlog, [now]);
    const { due, oldest_due, failing, oldest_failing } = rows[0] ?? corrupt('due');
    const oldest = Math.min(oldest_due ?? Infinity, oldest_failing ?? Infinity);
    return { due, failing, ...(oldest < Infinity && { oldestDueAt: instant(oldest) }) };
  }

  async soonest(limit: number): Promise<readonly KeyDeadline[]> {
    type Row = NameRow & { readonly at: number };
    const deletions = await this.#database.query<Row>(soonestDeletions, [limit]);
    const expiries = await this.#database.query<Row & { readonly material_id: string }>(soonestExpiries, [limit]);
    return [
      ...deletions.rows.map((row) => ({ kind: 'Deletion' as const, key: nameOf(row), at: instant(row.at) })),
      ...expiries.rows.map((row) => ({
        kind: 'Expiration' as const,
        key: nameOf(row),
        at: instant(row.at),
        materialId: parseKeyMaterialId(row.material_id) ?? corrupt('material_id'),
      })),
    ];
  }

  async clockDifference(now: Instant): Promise<number> {
    const { rows } = await this.#database.query<{ readonly milliseconds: number }>(clock, []);
    return (rows[0]?.milliseconds ?? corrupt('clock_timestamp')) - now;
  }
}

function nameOf(row: NameRow): Tenancy & KeyName {
  return { ...tenancyOf(row), id: parseKeyId(row.key_id) ?? corrupt('key_id') };
}
