import type { KeyObject } from 'node:crypto';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { type Manifest, type RecipientIdentity, RowCounter, readBackup } from '@keywarden/backup';
import { type DatabaseFacts, type TableFacts, openTableImport } from '@keywarden/postgres';
import { CommandRefused } from './command-refused';

/** How to read a backup. */
export interface BackupReading {
  readonly path: string;
  readonly identity: RecipientIdentity;
  readonly signer: KeyObject;
}

/**
 * Checks all of a backup, then fills an empty database with it, all or nothing.
 *
 * @param compare whether to read everything back before it is kept, and compare it
 */
export async function restoreBackup(
  { path, identity, signer }: BackupReading,
  databaseUrl: string,
  compare: boolean,
): Promise<Manifest<DatabaseFacts>> {
  const manifest = await readBackup<DatabaseFacts>(path, identity, signer);
  const target = await openTableImport({ url: databaseUrl, applicationName: 'keywarden-restore' }, manifest.facts);
  try {
    let writing: Writing | undefined;
    await readBackup<DatabaseFacts>(path, identity, signer, {
      begin: (name) => {
        const table = target.write(factsOf(manifest, name));
        writing = { table, done: finished(table) };
        // A refusal of Postgres is met at the end of the table, or by the next rows.
        writing.done.catch(() => undefined);
        return Promise.resolve();
      },
      rows: async (rows) => {
        if (writing !== undefined && !(await taken(writing, rows))) {
          await Promise.race([once(writing.table, 'drain'), writing.done]);
        }
      },
      end: async () => {
        writing?.table.end();
        await writing?.done;
      },
    });
    if (compare) await compareRows(manifest, (table) => target.read(table));
    await target.commit();
    return manifest;
  } catch (error) {
    await target.abort();
    throw error;
  }
}

/** One table that is being filled; `done` fails with what Postgres says. */
interface Writing {
  readonly table: Writable;
  readonly done: Promise<void>;
}

/** @returns false when the table takes no more for now */
async function taken({ table, done }: Writing, rows: Buffer): Promise<boolean> {
  try {
    return table.write(rows);
  } catch (error) {
    // The driver stumbles over a connection that is gone; why it is gone comes after.
    await done;
    throw error;
  }
}

async function compareRows(
  manifest: Manifest<DatabaseFacts>,
  read: (table: TableFacts) => AsyncIterable<Buffer>,
): Promise<void> {
  for (const { name, ...saved } of manifest.tables) {
    const counter = new RowCounter();
    for await (const rows of read(factsOf(manifest, name))) counter.add(rows);
    if (JSON.stringify(counter.digest()) !== JSON.stringify(saved)) {
      throw new CommandRefused(`the rows of ${name} are not what the backup holds`);
    }
  }
}

function factsOf({ facts }: Manifest<DatabaseFacts>, name: string): TableFacts {
  const table = facts.tables.find((each) => each.name === name);
  if (table === undefined) throw new CommandRefused(`the backup does not describe its table ${name}`);
  return table;
}
