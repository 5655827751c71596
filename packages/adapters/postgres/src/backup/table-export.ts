import type { Readable } from 'node:stream';
import { escapeIdentifier } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { PostgresSettings } from '../settings';
import { type DatabaseFacts, type TableFacts, databaseFacts } from './catalogue';
import { copyConnection } from './copy-connection';

/** One moment of a whole database, for as long as it is read. */
export interface TableExport {
  readonly facts: DatabaseFacts;
  /** The rows in the text form of COPY; one table after another. */
  read(table: TableFacts): Readable;
  close(): Promise<void>;
}

/** Opens a snapshot that later changes do not reach; it changes nothing and blocks nobody but migrations. */
export async function openTableExport(given: PostgresSettings): Promise<TableExport> {
  const client = copyConnection(given);
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const facts = await databaseFacts(client);
    return {
      facts,
      read: ({ name, columns }) => client.query(copyTo(`COPY ${target(name, columns)} TO STDOUT`)),
      close: () => client.end(),
    };
  } catch (error) {
    await client.end();
    throw error;
  }
}

/** Names come from the catalogue or from a manifest, and are quoted all the same. */
export function target(name: string, columns: readonly string[]): string {
  return `${escapeIdentifier(name)} (${columns.map(escapeIdentifier).join(', ')})`;
}
