import { join, resolve } from 'node:path';
import { startApi } from '@keywarden/api';
import type { Configuration } from '@keywarden/config';
import { startEmbeddedPostgres } from '@keywarden/embedded-postgres';
import {
  type Running,
  makeFolder,
  openFoundation,
  serveSealed,
  startObservation,
  startupStep,
} from '@keywarden/runtime';
import { startScheduler } from '@keywarden/scheduler';
import type { Logger } from '@keywarden/telemetry';
import { welcome } from './welcome';

interface Database {
  readonly url: string;
  readonly exited?: Promise<string>;
  stop(): Promise<void>;
}

/** Starts database, API and scheduler in one process; undone in the opposite order. */
export async function startStandalone(
  configuration: Configuration,
  logger: Logger,
  print: (text: string) => void,
  stop?: AbortSignal,
): Promise<Running> {
  const cleanUp: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    // A step that fails must not keep the others from running: the database would outlive this process.
    const faults: unknown[] = [];
    for (const step of cleanUp.splice(0).reverse()) await step().catch((fault: unknown) => faults.push(fault));
    if (faults.length > 0) throw faults[0];
  };
  try {
    const { dataDir } = configuration;
    await startupStep(`the folder ${dataDir} cannot be used`, () => makeFolder(dataDir));
    const database = await openDatabase(configuration, logger);
    cleanUp.push(() => database.stop());
    const foundation = await openFoundation(configuration, database.url, 'keywarden', logger, {
      whileSealed: (reason) => serveSealed(configuration, reason, logger),
      stop,
    });
    cleanUp.push(() => foundation.close());
    const observation = await startObservation(configuration, foundation, logger);
    cleanUp.push(() => observation.close());
    const api = await startApi(configuration, foundation, logger);
    cleanUp.push(() => api.close());
    const scheduler = await startScheduler(configuration, foundation, logger);
    cleanUp.push(() => scheduler.close());

    const endpoint = `${api.scheme}://${printableHost(api.host)}:${api.port}`;
    const { firstAccount } = api;
    // Printed to be copied into another terminal, which may stand in another folder.
    const credentialsFile = resolve(api.credentialsFile);
    print(
      welcome({
        endpoint,
        region: configuration.regions[0],
        credentialsFile,
        firstAccount,
        rootKeyFile: foundation.newRootKeyFile,
      }),
    );
    return { close, ended: database.exited };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

async function openDatabase({ databaseUrl, dataDir }: Configuration, logger: Logger): Promise<Database> {
  if (databaseUrl !== undefined) return { url: databaseUrl, stop: () => Promise.resolve() };
  return startEmbeddedPostgres({
    dataDir: join(dataDir, 'postgres'),
    log: (line) => logger.debug({ line }, 'postgres'),
  });
}

/** An address that listens everywhere is reached here by the loopback one. */
function printableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
