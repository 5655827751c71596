import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenProvider, ProviderDescription } from '@keywarden/crypto';
import { SecretBytes } from '@keywarden/kernel';
import { SharesProvider } from '../shares/shares-provider';
import { askSealed, giveShare, unsealedBySocket } from './unsealing';

let folder: string;
let path: string;
let ended: AbortController;
let shares: readonly SecretBytes[];
let description: ProviderDescription;
let waiting: Promise<OpenProvider | undefined>;
const progress: number[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unsealing-'));
  path = join(folder, 'unseal.sock');
  ended = new AbortController();
  const handOut = (texts: readonly SecretBytes[]): void => void (shares = texts);
  const provider = new SharesProvider(() => Promise.resolve(undefined), { threshold: 2, shares: 3, handOut });
  ({ description } = await provider.create());
  waiting = unsealedBySocket(path, description, ended.signal, ({ given }) => progress.push(given));
  await until(async () => (await askSealed(path)).sealed);
});
afterEach(async () => {
  ended.abort();
  await waiting.catch(() => undefined);
  await rm(folder, { recursive: true, force: true });
});

async function until(check: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (await check().catch(() => false)) return;
    await new Promise((done) => setTimeout(done, 10));
  }
  throw new Error('it did not become so');
}

it('opens when enough shares were given, and takes the socket away', async () => {
  expect(await askSealed(path)).toEqual({ sealed: true, providerId: description.id, threshold: 2, given: 0 });
  expect(await giveShare(path, shares[2]!)).toMatchObject({ sealed: true, given: 1 });
  expect(await giveShare(path, shares[2]!)).toMatchObject({ sealed: true, given: 1 });
  expect(await giveShare(path, shares[0]!)).toEqual({ sealed: false });
  expect((await waiting)?.description).toEqual(description);
  expect(progress).toContain(1);
  expect(await readdir(folder)).toEqual([]);
  await expect(askSealed(path)).rejects.toThrow(/no sealed process answers/);
});

it('says what is wrong with a share and shows nothing of it', async () => {
  const answer = await giveShare(path, SecretBytes.copyOf(Buffer.from('kws1-MISTYPED')));
  expect(answer).toMatchObject({ sealed: true, given: 0, refused: expect.stringContaining('typing error') });
  expect(JSON.stringify(answer)).not.toContain('MISTYPED');
});

it('can be reached by its owner alone, whatever the umask', async () => {
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

it('gives up when the process is stopped', async () => {
  ended.abort();
  expect(await waiting).toBeUndefined();
  expect(await readdir(folder)).toEqual([]);
});

it('lets go of who sends too much, and goes on', async () => {
  const socket = connect(path);
  socket.on('error', () => undefined);
  const closed = new Promise<void>((done) => socket.once('close', () => done()));
  socket.write(Buffer.alloc(100_000, 'x'));
  await closed;
  expect((await askSealed(path)).sealed).toBe(true);
});

it('does not take over the socket of a process that answers, and does that of one that was killed', async () => {
  const second = unsealedBySocket(path, description, ended.signal, () => undefined);
  await expect(second).rejects.toThrow(/another process is being unsealed/);
  const stale = join(folder, 'stale.sock');
  const dies = "require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))";
  spawnSync(process.execPath, ['-e', dies, stale]);
  expect((await stat(stale)).isSocket()).toBe(true);
  const third = unsealedBySocket(stale, description, ended.signal, () => undefined);
  await until(async () => (await askSealed(stale)).sealed);
  ended.abort();
  expect(await third).toBeUndefined();
});

it('removes nothing but a socket', async () => {
  const file = join(folder, 'precious');
  await writeFile(file, 'kept');
  await expect(unsealedBySocket(file, description, ended.signal, () => undefined)).rejects.toThrow(/there is a file/);
  expect((await stat(file)).size).toBe(4);
});
