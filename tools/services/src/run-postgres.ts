import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@keywarden/embedded-postgres';

/** A server started for tests or for work at the desk. */
export interface RunningService {
  /** Connection URL; for Postgres that of a superuser. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a Postgres whose data lives in a temporary folder, is not flushed to disk, and is gone after `stop`. */
export async function startThrowawayPostgres(): Promise<RunningService> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keywarden-postgres-'));
  try {
    const postgres = await startEmbeddedPostgres({
      dataDir,
      settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' },
      stopTimeoutMs: 5000,
    });
    const stop = async (): Promise<void> => {
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
    };
    return { url: postgres.url, stop };
  } catch (thrown) {
    await rm(dataDir, { recursive: true, force: true });
    throw thrown;
  }
}

/** Starts a Postgres that keeps its data in a folder. */
export async function startKeptPostgres(dataDir: string, log?: (line: string) => void): Promise<RunningService> {
  return startEmbeddedPostgres(log === undefined ? { dataDir } : { dataDir, log });
}
