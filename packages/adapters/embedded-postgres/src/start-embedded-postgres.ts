import { chmod, mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { locateBinaries } from './binaries';
import { checkCluster, clusterFolder, clusterOwner, createCluster, databaseUrl, readPassword } from './cluster';
import { type DataDirLock, lockDataDir } from './data-dir-lock';
import { deadlineIn } from './deadline';
import { EmbeddedPostgresError, systemCode } from './errors';
import { endOrphan } from './orphan';
import { type Postmaster, startPostmaster } from './postmaster';
import { checkedSettings } from './settings';
import { chooseRunner } from './unprivileged';

export interface EmbeddedPostgresOptions {
  /** Folder for the cluster and its password; made when missing, and used for nothing else. */
  readonly dataDir: string;
  /** Receives the server's log, line by line. Default: dropped. */
  readonly log?: (line: string) => void;
  /** Server settings by their `postgresql.conf` names; network and log privacy are not open to change. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Milliseconds from nothing to accepting connections, making the cluster and crash recovery included. Default 60 000. */
  readonly startTimeoutMs?: number;
  /** Milliseconds a fast shutdown may take before the immediate one. Default 10 000. */
  readonly stopTimeoutMs?: number;
}

/** A running server, reachable from this machine only. */
export interface EmbeddedPostgres {
  /** `postgres://…` with the password: a secret. */
  readonly url: string;
  readonly port: number;
  /** Fulfilled with a sentence when the server has ended, also when nobody asked it to: the owner should then end too. */
  readonly exited: Promise<string>;
  /** Ends the sessions, flushes and stops; calling it again waits for the same end. */
  stop(): Promise<void>;
}

/**
 * Starts the Postgres of the platform package on a folder, making the cluster on the first start.
 *
 * A server that a killed process left behind on the folder is stopped first; what it had committed is there.
 *
 * @throws EmbeddedPostgresError with one clear message and a `code`
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const settings = checkedSettings(options.settings ?? {});
  const dataDir = await writableFolder(options.dataDir);
  const lock = await lockDataDir(dataDir);
  try {
    const server = await startLocked(dataDir, { ...options, settings });
    const password = await readPassword(dataDir);
    return supervised(server, lock, password, options.stopTimeoutMs ?? 10_000);
  } catch (thrown) {
    await lock.release();
    throw thrown;
  }
}

async function startLocked(dataDir: string, options: EmbeddedPostgresOptions): Promise<Postmaster> {
  const settings = options.settings ?? {};
  const deadline = deadlineIn(options.startTimeoutMs ?? 60_000);
  const cluster = clusterFolder(dataDir);
  const owner = await clusterOwner(dataDir);
  const runner = chooseRunner(owner);
  const binaries = await locateBinaries(dataDir, runner);
  if (owner === undefined) {
    await createCluster(dataDir, runner, binaries, { durable: settings['fsync'] !== 'off', deadline });
  } else {
    await checkCluster(dataDir, binaries);
    await readPassword(dataDir);
    await endOrphan(cluster, binaries, deadline);
  }
  return startPostmaster({ cluster, binaries, runner, settings, deadline, log: options.log ?? (() => undefined) });
}

function supervised(server: Postmaster, lock: DataDirLock, password: string, stopTimeoutMs: number): EmbeddedPostgres {
  let stopped: Promise<void> | undefined;
  const released = server.exited.then(() => lock.release());
  const stop = async (): Promise<void> => {
    await server.stop(stopTimeoutMs);
    await released;
  };
  return {
    url: databaseUrl(password, server.port),
    port: server.port,
    exited: server.exited,
    stop: () => (stopped ??= stop()),
  };
}

/** Makes the folder if needed and proves that files can be made in it. */
async function writableFolder(path: string): Promise<string> {
  try {
    if ((await mkdir(path, { recursive: true, mode: 0o700 })) !== undefined) await chmod(path, 0o700);
    const folder = await realpath(path);
    const probe = join(folder, `.probe-${process.pid}`);
    await writeFile(probe, '', { mode: 0o600 });
    await rm(probe);
    return folder;
  } catch (thrown) {
    throw new EmbeddedPostgresError(
      'DataDirUnwritable',
      `the data folder ${path} cannot be made or written (${systemCode(thrown) ?? 'unknown reason'})`,
      { cause: thrown },
    );
  }
}
