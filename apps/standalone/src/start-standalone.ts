import { join, resolve } from 'node:path';
import { type RunningApi, startApi } from '@keywarden/api';
import type { Configuration } from '@keywarden/config';
import { startEmbeddedPostgres } from '@keywarden/embedded-postgres';
import {
  type Foundation,
  type Running,
  makeFolder,
  startInSteps,
  startNode,
  startupStep,
  whicheverEnds,
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
export function startStandalone(
  configuration: Configuration,
  logger: Logger,
  print: (text: string) => void,
  stop?: AbortSignal,
): Promise<Running> {
  return startInSteps(async (undo) => {
    const { dataDir } = configuration;
    await startupStep(`the folder ${dataDir} cannot be used`, () => makeFolder(dataDir));
    const database = await openDatabase(configuration, logger);
    undo.defer(() => database.stop());
    const node = await startNode(
      {
        name: 'keywarden',
        serves: true,
        start: startApiAndScheduler,
        ready: ({ api }, { newRootKeyFile }) => print(welcomeTo(api, configuration, newRootKeyFile)),
      },
      configuration,
      database.url,
      logger,
      stop,
    );
    undo.defer(() => node.close());
    return { ended: whicheverEnds(database.exited, node.ended) };
  });
}

const startApiAndScheduler = (configuration: Configuration, foundation: Foundation, logger: Logger) =>
  startInSteps(async (undo) => {
    const api = await startApi(configuration, foundation, logger);
    undo.defer(() => api.close());
    const scheduler = await startScheduler(configuration, foundation, logger);
    undo.defer(() => scheduler.close());
    return { api };
  });

function welcomeTo(api: RunningApi, { regions }: Configuration, rootKeyFile: Foundation['newRootKeyFile']): string {
  return welcome({
    endpoint: `${api.scheme}://${printableHost(api.host)}:${api.port}`,
    region: regions[0],
    // Printed to be copied into another terminal, which may stand in another folder.
    credentialsFile: resolve(api.credentialsFile),
    firstAccount: api.firstAccount,
    rootKeyFile,
  });
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
