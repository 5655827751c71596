import { Client } from 'pg';
import { connectionConfig } from './connection-config';
import type { Migration } from './migrations';
import { type AppliedMigration, SchemaMismatch, pendingMigrations } from './schema-mismatch';
import type { FullSettings } from './settings';
import { type Queries, statement } from './statement';

/** An arbitrary number that only this lock uses. */
const lockNumber = '7236151900417';

const createTable = `CREATE TABLE IF NOT EXISTS schema_migrations (
  number integer PRIMARY KEY CHECK (number >= 1),
  name text NOT NULL,
  checksum text NOT NULL CHECK (checksum ~ '^[0-9a-f]{64}$'),
  needs integer NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
)`;

const readApplied = 'SELECT number, name, checksum, needs FROM schema_migrations ORDER BY number';

/**
 * Brings the schema up to date, all or nothing: everything happens in one transaction under a lock, so of many processes
 * that start at once one migrates while the others wait, and one that is killed leaves nothing behind.
 *
 * @returns the migrations that were applied; none when the schema was up to date
 * @throws SchemaMismatch when the database is not one this release can work with
 */
export async function migrate(settings: FullSettings, migrations: readonly Migration[]): Promise<readonly Migration[]> {
  const client = new Client(connectionConfig(settings, settings.migrationTimeoutMs));
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1::bigint)', [lockNumber]);
    await client.query(createTable);
    const { rows } = await client.query<AppliedMigration>(readApplied);
    const pending = pendingMigrations(migrations, rows);
    await applyMigrations(client, pending);
    await client.query('COMMIT');
    return pending;
  } finally {
    // Also undoes the transaction when it was not committed.
    await client.end();
  }
}

/** Runs migrations in the client's transaction, and writes down that they were run. */
export async function applyMigrations(client: Client, migrations: readonly Migration[]): Promise<void> {
  await client.query(createTable);
  for (const { number, name, checksum, needs, sql } of migrations) {
    await client.query(sql);
    await client.query('INSERT INTO schema_migrations (number, name, checksum, needs) VALUES ($1, $2, $3, $4)', [
      number,
      name,
      checksum,
      needs,
    ]);
  }
}

const hasTable = statement('has_migrations', "SELECT to_regclass('schema_migrations') IS NOT NULL AS present");
const applied = statement('read_migrations', readApplied);

/** @throws SchemaMismatch unless the database is migrated, for a process that does not migrate itself */
export async function checkSchema(queries: Queries, migrations: readonly Migration[]): Promise<void> {
  const { rows: tables } = await queries.query<{ readonly present: boolean }>(hasTable, []);
  const { rows } = tables[0]?.present === true ? await queries.query<AppliedMigration>(applied, []) : { rows: [] };
  const pending = pendingMigrations(migrations, rows);
  if (pending.length > 0) {
    throw new SchemaMismatch('NotMigrated', `the database lacks ${pending.length} of ${migrations.length} migrations`);
  }
}
