import type { Readable, Writable } from 'node:stream';
import { escapeIdentifier } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { applyMigrations, migrate } from '../migrate';
import { readMigrations } from '../migrations';
import { SchemaMismatch, pendingMigrations } from '../schema-mismatch';
import { type PostgresSettings, fullSettings } from '../settings';
import type { DatabaseFacts, TableFacts } from './catalogue';
import { copyConnection } from './copy-connection';
import { target } from './table-export';

/** Fills an empty database: schema and rows in one transaction. */
export interface TableImport {
  /** Takes rows in the text form of COPY. */
  write(table: TableFacts): Writable;
  /** What was written so far, as it was given. */
  read(table: TableFacts): Readable;
  /** Keeps everything and brings the schema up to this release. */
  commit(): Promise<void>;
  /** Leaves the database as empty as it was: what was written was not kept yet. */
  abort(): Promise<void>;
}

/** The database holds something already: nothing was changed. */
export class DatabaseNotEmpty extends Error {
  override readonly name = 'DatabaseNotEmpty';
}

const countTables =
  "SELECT count(*) AS tables FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm')";

/**
 * Makes the schema the saved rows had and begins.
 *
 * @throws DatabaseNotEmpty, or SchemaMismatch when this release does not know that schema
 */
export async function openTableImport(given: PostgresSettings, facts: DatabaseFacts): Promise<TableImport> {
  const settings = fullSettings(given);
  const known = readMigrations();
  pendingMigrations(known, facts.migrations);
  // One that this release could run beside is not one it could make.
  const newer = facts.migrations.find(({ number }) => number > known.length);
  if (newer !== undefined) {
    const what = `migration ${newer.number} ${newer.name}`;
    throw new SchemaMismatch('NewerRelease', `the backup is of a newer release (${what}); restore it with that one`);
  }
  const saved = new Set(facts.migrations.map(({ number }) => number));
  const client = copyConnection(given);
  await client.connect();
  try {
    await client.query('BEGIN');
    // Of two restores at once, the second finds the tables of the first.
    await client.query("SELECT pg_advisory_xact_lock(hashtext('keywarden restore'))");
    const { rows } = await client.query<{ readonly tables: number }>(countTables);
    if ((rows[0]?.tables ?? 0) > 0) throw new DatabaseNotEmpty('the database is not empty; restore into an empty one');
    await applyMigrations(
      client,
      known.filter(({ number }) => saved.has(number)),
    );
    for (const { name, partition } of facts.tables) {
      if (partition === undefined) continue;
      await client.query(
        `CREATE TABLE ${escapeIdentifier(name)} PARTITION OF ${escapeIdentifier(partition.of)} ${partition.bound}`,
      );
    }
  } catch (error) {
    await client.end();
    throw error;
  }
  return {
    write: ({ name, columns }) => client.query(copyFrom(`COPY ${target(name, columns)} FROM STDIN`)),
    read: ({ name, columns }) => client.query(copyTo(`COPY ${target(name, columns)} TO STDOUT`)),
    commit: async () => {
      for (const { table, column, value } of facts.sequences) {
        if (value > 0) {
          await client.query('SELECT setval(pg_get_serial_sequence(quote_ident($1), $2), $3)', [table, column, value]);
        }
      }
      await client.query('COMMIT');
      await client.end();
      await migrate(settings, known);
    },
    abort: () => client.end(),
  };
}
