import { randomBytes } from 'node:crypto';
import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { EmbeddedPostgresError, systemCode } from './errors';
import { identifyProcess, isStillAlive, type ProcessIdentity } from './process-identity';

export interface DataDirLock {
  release(): Promise<void>;
}

/**
 * Makes this process the only supervisor of a data folder.
 *
 * The lock is a file that names its holder. It is made whole and then linked into place, so nobody reads half of it, and
 * it may be taken over once its holder is dead.
 *
 * @throws EmbeddedPostgresError `DataDirInUse` while another live process holds it (or this one, a second time)
 */
export async function lockDataDir(dataDir: string): Promise<DataDirLock> {
  const file = join(dataDir, 'supervisor.lock');
  const mine = join(dataDir, `supervisor.lock-${randomBytes(6).toString('hex')}`);
  const self: ProcessIdentity = identifyProcess(process.pid) ?? { pid: process.pid };
  const claim = JSON.stringify({ ...self, nonce: randomBytes(6).toString('hex') });
  await writeFile(mine, claim, { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      if ((await linked(mine, file)) && (await survivesContenders(dataDir, mine, claim)))
        return { release: () => rm(file, { force: true }) };
      const found = await readText(file);
      if (found === undefined) continue;
      const holder = parseHolder(found);
      if (holder !== undefined && isStillAlive(holder)) throw inUse(dataDir, holder);
      await takeAway(file, found);
    }
    throw new EmbeddedPostgresError('DataDirInUse', `${dataDir} is being started by several processes at once`);
  } finally {
    await rm(mine, { force: true });
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (thrown) {
    if (systemCode(thrown) === 'EEXIST') return false;
    throw thrown;
  }
}

/**
 * Another starter that had read the dead holder's lock may by now move ours aside for a moment, and a third may link its
 * own meanwhile. Every starter has its file in the folder, so only when there are others we wait and look who remained.
 */
async function survivesContenders(dataDir: string, mine: string, claim: string): Promise<boolean> {
  const own = basename(mine);
  const others = (await readdir(dataDir)).some((name) => name.startsWith('supervisor.lock-') && name !== own);
  if (others) await new Promise((resolve) => setTimeout(resolve, 100));
  return (await readText(join(dataDir, 'supervisor.lock'))) === claim;
}

/** Removes the lock of a dead holder. If another starter replaced it in between, that newer lock is put back. */
async function takeAway(file: string, expected: string): Promise<void> {
  const aside = `${file}-${randomBytes(6).toString('hex')}`;
  try {
    await rename(file, aside);
  } catch (thrown) {
    if (systemCode(thrown) === 'ENOENT') return;
    throw thrown;
  }
  if ((await readText(aside)) !== expected) await linked(aside, file);
  await rm(aside, { force: true });
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (thrown) {
    if (systemCode(thrown) === 'ENOENT') return undefined;
    throw thrown;
  }
}

function parseHolder(text: string): ProcessIdentity | undefined {
  try {
    const { pid, startMark } = JSON.parse(text) as Partial<ProcessIdentity>;
    if (!Number.isSafeInteger(pid) || pid === undefined || pid <= 0) return undefined;
    return startMark === undefined ? { pid } : { pid, startMark };
  } catch {
    return undefined;
  }
}

const inUse = (dataDir: string, holder: ProcessIdentity): EmbeddedPostgresError =>
  new EmbeddedPostgresError(
    'DataDirInUse',
    `${dataDir} is in use by process ${holder.pid}; stop it first or choose another data folder`,
  );
