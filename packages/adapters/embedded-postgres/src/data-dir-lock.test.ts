import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockDataDir } from './data-dir-lock';
import { identifyProcess } from './process-identity';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'lock-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

const lockFile = (): string => join(dataDir, 'supervisor.lock');
const holdAs = (holder: object): Promise<void> => writeFile(lockFile(), JSON.stringify(holder));

async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid!;
}

it('is held by one at a time, also within one process', async () => {
  const lock = await lockDataDir(dataDir);
  await expect(lockDataDir(dataDir)).rejects.toMatchObject({ code: 'DataDirInUse' });
  await lock.release();
  await (await lockDataDir(dataDir)).release();
  expect(await readdir(dataDir)).toEqual([]);
});

it('is taken over from a dead holder', async () => {
  await holdAs({ pid: await deadProcess(), startMark: 'boot/1' });
  await (await lockDataDir(dataDir)).release();
});

it('is taken over when its holder is dead and another process has the number now', async () => {
  await holdAs({ ...identifyProcess(process.pid), startMark: 'another boot/1' });
  await (await lockDataDir(dataDir)).release();
});

it.each(['', '{"pid":', '{"pid":-1}', '{"pid":"1"}', 'null', '[]'])(
  'is taken over when it names nobody: %s',
  async (text) => {
    await writeFile(lockFile(), text);
    await (await lockDataDir(dataDir)).release();
  },
);

it('is left to a live holder, byte for byte', async () => {
  await holdAs({ pid: process.ppid });
  const before = await readFile(lockFile(), 'utf8');
  await expect(lockDataDir(dataDir)).rejects.toThrow(`in use by process ${process.ppid}`);
  expect(await readFile(lockFile(), 'utf8')).toBe(before);
  expect(await readdir(dataDir)).toEqual(['supervisor.lock']);
});

it('goes to one of many who find a dead holder at the same time', async () => {
  for (let round = 0; round < 20; round++) {
    await holdAs({ pid: await deadProcess(), startMark: 'boot/1' });
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => lockDataDir(dataDir)));
    const locks = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(locks).toHaveLength(1);
    await locks[0]!.release();
  }
});
