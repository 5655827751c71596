import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Binaries } from './binaries';
import type { Deadline } from './deadline';
import { EmbeddedPostgresError, systemCode } from './errors';
import { runProgram } from './run-program';
import type { Owner, Runner } from './unprivileged';

/** The superuser and the database every cluster starts with. */
export const clusterUser = 'keywarden';
export const clusterDatabase = 'keywarden';

/** How a program of this machine reaches a running server. A secret, for the password in it. */
export const databaseUrl = (password: string, port: number): string =>
  `postgres://${clusterUser}:${password}@127.0.0.1:${port}/${clusterDatabase}`;

/** Where the parts lie below a data folder. */
export const clusterFolder = (dataDir: string): string => join(dataDir, 'cluster');
const passwordFile = (dataDir: string): string => join(dataDir, 'password');

/** The owner of the cluster, or `undefined` when there is no cluster yet. */
export async function clusterOwner(dataDir: string): Promise<Owner | undefined> {
  return stat(clusterFolder(dataDir)).catch((thrown: unknown) => {
    if (systemCode(thrown) === 'ENOENT') return undefined;
    throw thrown;
  });
}

/**
 * Checks that an existing cluster is one this release can open. Reads only.
 *
 * @throws EmbeddedPostgresError `DataDirCorrupt` or `VersionMismatch`
 */
export async function checkCluster(dataDir: string, binaries: Binaries): Promise<void> {
  const cluster = clusterFolder(dataDir);
  const version = await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(() => undefined);
  const control = await stat(join(cluster, 'global', 'pg_control')).catch(() => undefined);
  if (version === undefined || control === undefined)
    throw corrupt(`${cluster} is not a complete Postgres cluster; it was left as it is: restore it from a backup`);
  if (version.trim() !== binaries.major)
    throw new EmbeddedPostgresError(
      'VersionMismatch',
      `${cluster} was made by Postgres ${version.trim()}, this release brings ${binaries.major}: dump with the old, load with the new`,
    );
}

/** The password of an existing cluster. */
export async function readPassword(dataDir: string): Promise<string> {
  const password = await readFile(passwordFile(dataDir), 'utf8').catch(() => '');
  if (password === '')
    throw corrupt(`${passwordFile(dataDir)} is missing, so nobody can log in to the cluster beside it`);
  return password;
}

/**
 * Makes a cluster with its database. All of it is made in a folder beside and renamed at the end, so a crash on the way
 * leaves no half cluster, only a folder the next start removes. The password file comes first and is kept.
 */
export async function createCluster(
  dataDir: string,
  runner: Runner,
  binaries: Binaries,
  { durable, deadline }: { readonly durable: boolean; readonly deadline: Deadline },
): Promise<void> {
  const password = await keptPassword(dataDir);
  await removeStaging(dataDir);
  const staging = join(dataDir, `${stagingPrefix}${randomBytes(6).toString('hex')}`);
  const cluster = join(staging, 'cluster');
  const passwordCopy = join(staging, 'password');
  try {
    await mkdir(staging, { mode: 0o700 });
    await writeFile(passwordCopy, `${password}\n`, { mode: 0o600, flag: 'wx' });
    if (runner.kind === 'dropped') {
      await chmod(dataDir, 0o711);
      for (const path of [staging, passwordCopy]) await chown(path, runner.uid, runner.gid);
    }
    await step(
      'initdb',
      runProgram(runner, binaries.initdb, initdbArguments(cluster, passwordCopy, durable), bound(deadline)),
    );
    const create = `CREATE DATABASE ${clusterDatabase};\n`;
    const single = ['--single', '-D', cluster, ...(durable ? [] : ['-c', 'fsync=off']), 'postgres'];
    await step('CREATE DATABASE', runProgram(runner, binaries.postgres, single, { ...bound(deadline), input: create }));
    await rename(cluster, clusterFolder(dataDir));
    await syncFolder(dataDir);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

const stagingPrefix = 'initdb-';
const bound = (deadline: Deadline): { timeoutMs: number } => ({ timeoutMs: deadline.remainingMs() });

function initdbArguments(cluster: string, passwordCopy: string, durable: boolean): string[] {
  return [
    ...['-D', cluster, `--username=${clusterUser}`, `--pwfile=${passwordCopy}`, '--auth=scram-sha-256'],
    // The built-in provider needs neither locales of the system nor ICU, and sorts the same on every machine.
    ...['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    '--no-instructions',
    ...(durable ? [] : ['--no-sync']),
  ];
}

async function step(name: string, run: ReturnType<typeof runProgram>): Promise<void> {
  const { exitCode, output } = await run;
  if (exitCode === 0 && !/\b(ERROR|FATAL|PANIC):/.test(output)) return;
  const why = exitCode === null ? 'it did not end in time' : output.trim().split('\n').slice(-3).join(' | ');
  if (/Permission denied/.test(output))
    throw new EmbeddedPostgresError('DataDirUnwritable', `${name} may not write the data folder: ${why}`);
  throw new EmbeddedPostgresError('StartFailed', `${name} failed: ${why}`);
}

/** 256 random bits, written once and only for us to read. */
async function keptPassword(dataDir: string): Promise<string> {
  const file = passwordFile(dataDir);
  const existing = await readFile(file, 'utf8').catch(() => '');
  if (existing !== '') return existing;
  const password = randomBytes(32).toString('hex');
  const partial = `${file}.partial`;
  const handle = await open(partial, 'w', 0o600);
  try {
    await handle.writeFile(password);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(partial, file);
  return password;
}

async function removeStaging(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir))
    if (name.startsWith(stagingPrefix)) await rm(join(dataDir, name), { recursive: true, force: true });
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const corrupt = (message: string): EmbeddedPostgresError => new EmbeddedPostgresError('DataDirCorrupt', message);
