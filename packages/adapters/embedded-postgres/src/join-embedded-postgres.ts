import { realpath } from 'node:fs/promises';
import { clusterFolder, clusterOwner, databaseUrl, readPassword } from './cluster';
import { type Deadline, deadlineIn, poll } from './deadline';
import { EmbeddedPostgresError } from './errors';
import { readPostmasterPid } from './postmaster-pid';
import { identifyProcess } from './process-identity';
import { type EmbeddedPostgresOptions, startEmbeddedPostgres } from './start-embedded-postgres';

/** A server that is used for a while, whoever supervises it. */
export interface JoinedPostgres {
  /** `postgres://…` with the password: a secret. */
  readonly url: string;
  /** Leaves a server that another process supervises alone, and stops one that was started for us. */
  leave(): Promise<void>;
}

/**
 * Uses the cluster of a folder for as long as a command runs: beside the process that supervises it, or, when there is
 * none, on a server started for the command. Never makes a cluster: a command for operators works on what is there.
 *
 * @throws EmbeddedPostgresError `NoCluster` when nothing was ever started on the folder
 */
export async function joinEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<JoinedPostgres> {
  const deadline = deadlineIn(options.startTimeoutMs ?? 60_000);
  const dataDir = await folderWithCluster(options.dataDir);
  for (;;) {
    try {
      const server = await startEmbeddedPostgres({ ...options, dataDir });
      return { url: server.url, leave: () => server.stop() };
    } catch (thrown) {
      // The holder may be starting, running or about to end: the last frees the folder for us.
      if (!(thrown instanceof EmbeddedPostgresError) || thrown.code !== 'DataDirInUse') throw thrown;
      const port = await runningPort(clusterFolder(dataDir), deadline);
      if (port !== undefined)
        return { url: databaseUrl(await readPassword(dataDir), port), leave: () => Promise.resolve() };
      if (deadline.remainingMs() === 0) throw thrown;
    }
  }
}

/** The port of a server that accepts connections, or `undefined` when none does soon. */
function runningPort(cluster: string, deadline: Deadline): Promise<number | undefined> {
  return poll(deadlineIn(Math.min(1_000, deadline.remainingMs())), 20, async () => {
    const state = await readPostmasterPid(cluster);
    return state?.ready === true && identifyProcess(state.pid) !== undefined ? state.port : undefined;
  });
}

async function folderWithCluster(path: string): Promise<string> {
  const dataDir = await realpath(path).catch(() => undefined);
  if (dataDir !== undefined && (await clusterOwner(dataDir)) !== undefined) return dataDir;
  throw new EmbeddedPostgresError('NoCluster', `there is no database in ${path}; start the service there first`);
}
