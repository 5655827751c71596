import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from './errors';

/** What a running postmaster writes about itself into its data directory. */
export interface PostmasterPid {
  readonly pid: number;
  readonly port: number | undefined;
  /** It accepts connections. */
  readonly ready: boolean;
}

/**
 * Reads a cluster's `postmaster.pid`; `undefined` when there is none or it is still being written.
 *
 * @see https://www.postgresql.org/docs/18/storage-file-layout.html line 1 is the process, 4 the port, 8 the status
 */
export async function readPostmasterPid(cluster: string): Promise<PostmasterPid | undefined> {
  const lines = await readLines(cluster);
  const pid = Number(lines?.[0]);
  if (lines === undefined || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
  const port = Number(lines[3]);
  return { pid, port: Number.isSafeInteger(port) && port > 0 ? port : undefined, ready: lines[7]?.trim() === 'ready' };
}

/**
 * Lets the next postmaster take over the file of a dead one whose process number now belongs to somebody else, or to a
 * zombie nobody reaps: Postgres would take that process for its predecessor and refuse. It ignores its own parent,
 * so the file gets our number. The other lines stay, since from them Postgres sees whether old backends still use the
 * shared memory; deleting the file would lose that protection.
 */
export async function adoptPostmasterPid(cluster: string): Promise<void> {
  const lines = await readLines(cluster);
  if (lines === undefined) return;
  await writeFile(join(cluster, 'postmaster.pid'), [String(process.pid), ...lines.slice(1)].join('\n'));
}

async function readLines(cluster: string): Promise<string[] | undefined> {
  try {
    return (await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n');
  } catch (thrown) {
    if (systemCode(thrown) === 'ENOENT') return undefined;
    throw thrown;
  }
}
