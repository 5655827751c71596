import { join } from 'node:path';
import { type Configuration, readConfiguration } from '@keywarden/config';
import { type PostgresStore, openPostgres } from '@keywarden/postgres';
import { joinEmbeddedPostgres, startEmbeddedPostgres } from '@keywarden/embedded-postgres';
import { type Foundation, makeFolder, openFoundation, startupStep } from '@keywarden/runtime';
import { silentLogger } from '@keywarden/telemetry';
import { secretsFrom } from './ask-secret';
import type { Surroundings } from './cli';
import { askForShares } from './gather-shares';

/**
 * Lends a command the database and the root key of the service that the environment's settings describe, and closes both
 * after it, whatever came of it. What the command changes is announced to running nodes like any other change.
 *
 * @throws ConfigurationError, StartupError or EmbeddedPostgresError with one line when they cannot be opened
 */
export async function withFoundation<T>(
  environment: Surroundings['environment'],
  work: (foundation: Foundation, configuration: Configuration) => Promise<T>,
): Promise<T> {
  const configuration = readConfiguration(environment);
  const database = await joinDatabase(configuration);
  try {
    const foundation = await openFoundation(configuration, database.url, 'keywarden-cli', silentLogger, {
      shares: { gather: askForShares(terminal) },
    });
    try {
      return await work(foundation, configuration);
    } finally {
      await foundation.close();
    }
  } finally {
    await database.leave();
  }
}

/** The same without the root key, for commands that need none. The schema is not touched. */
export async function withDatabase<T>(
  environment: Surroundings['environment'],
  work: (store: PostgresStore) => Promise<T>,
): Promise<T> {
  const database = await joinDatabase(readConfiguration(environment));
  try {
    const store = openPostgres({ url: database.url, applicationName: 'keywarden-cli', statementTimeoutMs: 60_000 });
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  } finally {
    await database.leave();
  }
}

/** Where shares come from when the root key is split among people. */
const writeErr = (text: string): void => void process.stderr.write(text);
const terminal = { surroundings: { writeErr, askSecret: secretsFrom(process.stdin, writeErr) } };

/** A database a command works with, and what to do when it is done. */
export interface LentDatabase {
  readonly url: string;
  leave(): Promise<void>;
}

/** The database of the settings, which must be there. */
export async function joinDatabase({ databaseUrl, dataDir }: Configuration): Promise<LentDatabase> {
  if (databaseUrl !== undefined) return { url: databaseUrl, leave: () => Promise.resolve() };
  return joinEmbeddedPostgres({ dataDir: join(dataDir, 'postgres') });
}

/** The database of the settings; an embedded one is made when there is none. */
export async function restoreTarget({ databaseUrl, dataDir }: Configuration): Promise<LentDatabase> {
  if (databaseUrl !== undefined) return { url: databaseUrl, leave: () => Promise.resolve() };
  await startupStep(`the folder ${dataDir} cannot be used`, () => makeFolder(dataDir));
  const { url, stop } = await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres') });
  return { url, leave: () => stop() };
}
