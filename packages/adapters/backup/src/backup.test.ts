import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { SecretBytes } from '@keywarden/kernel';
import { readBackup } from './read-backup';
import { writeBackup } from './write-backup';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backup-'));
  path = join(folder, 'monday');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const signer = generateKeyPairSync('ed25519');
/** A recipient whose secret is a pad: enough to see that the right one opens it. */
function recipient(secret: Uint8Array = randomBytes(32)) {
  const xor = (bytes: Uint8Array): Uint8Array => bytes.map((byte, at) => byte ^ (secret[at] ?? 0));
  return {
    seal: (key: SecretBytes) => Uint8Array.from([...key.expose(xor), ...createHash('sha256').update(secret).digest()]),
    open: (sealed: Uint8Array) => {
      const mine = Buffer.from(sealed.subarray(32)).equals(createHash('sha256').update(secret).digest());
      return mine ? SecretBytes.adopt(xor(sealed.subarray(0, 32))) : undefined;
    },
  };
}

const big = Array.from({ length: 40 }, (_, index) => Buffer.from(`${index}\t${randomBytes(3_000).toString('hex')}\n`));
const source = {
  facts: { release: 'test', tables: [{ name: 'keys' }, { name: 'empty' }, { name: 'aliases' }] },
  read: (name: string) => Readable.from(name === 'keys' ? big : name === 'aliases' ? [Buffer.from('a\nb\n')] : []),
};
const when = new Date('2026-11-25T00:00:00Z');

it('gives back every row, with the counts and digests of its manifest', async () => {
  const owner = recipient();
  const written = await writeBackup(path, source, owner, signer.privateKey, when);
  const tables = new Map<string, Buffer[]>();
  let current = '';
  const manifest = await readBackup(path, owner, signer.publicKey, {
    begin: async (name) => void tables.set((current = name), []),
    rows: async (rows) => void tables.get(current)?.push(Buffer.from(rows)),
    end: async () => undefined,
  });
  expect(manifest).toEqual(written);
  expect(manifest).toMatchObject({ createdAt: '2026-11-25T00:00:00.000Z', facts: { release: 'test' } });
  expect(manifest.tables.map(({ name, rows }) => [name, rows])).toEqual([
    ['keys', 40],
    ['empty', 0],
    ['aliases', 2],
  ]);
  expect(Buffer.concat(tables.get('keys') ?? []).equals(Buffer.concat(big))).toBe(true);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['monday']);
});

it('shows nothing of what it holds', async () => {
  await writeBackup(path, source, recipient(), signer.privateKey, when);
  const text = (await readFile(path)).toString('latin1');
  expect(text).not.toContain('aliases');
  expect(text).not.toContain(big[0]!.toString('latin1', 2, 60));
});

it('opens for its recipient alone, and believes its signer alone', async () => {
  const owner = recipient();
  await writeBackup(path, source, owner, signer.privateKey, when);
  await expect(readBackup(path, recipient(), signer.publicKey)).rejects.toThrow(/not for this recipient key/);
  const stranger = generateKeyPairSync('ed25519');
  await expect(readBackup(path, owner, stranger.publicKey)).rejects.toThrow(/not signed by this signer/);
});

it('is refused cut off anywhere, also at the border of a chunk, and with any byte changed or added', async () => {
  const owner = recipient();
  await writeBackup(path, source, owner, signer.privateKey, when);
  const whole = await readFile(path);
  const head = 'keywarden-backup 1\n'.length + 2 + 64;
  const sealedChunk = 65_536 + 16;
  const cuts = [0, 5, head - 1, head, head + 1, head + sealedChunk, head + 2 * sealedChunk, whole.length - 1];
  for (const cut of cuts) {
    await writeFile(path, whole.subarray(0, cut));
    await expect(readBackup(path, owner, signer.publicKey)).rejects.toMatchObject({ name: 'DamagedBackup' });
  }
  for (const at of [0, 20, 30, head, head + 70_000, whole.length - 20, whole.length - 1]) {
    const changed = Buffer.from(whole);
    changed[at] = (changed[at] ?? 0) ^ 1;
    await writeFile(path, changed);
    await expect(readBackup(path, owner, signer.publicKey)).rejects.toMatchObject({ name: 'DamagedBackup' });
  }
  await writeFile(path, Buffer.concat([whole, Buffer.from([0])]));
  await expect(readBackup(path, owner, signer.publicKey)).rejects.toMatchObject({ name: 'DamagedBackup' });
  const swapped = Buffer.from(whole);
  whole.copy(swapped, head, head + sealedChunk, head + 2 * sealedChunk);
  whole.copy(swapped, head + sealedChunk, head, head + sealedChunk);
  await writeFile(path, swapped);
  await expect(readBackup(path, owner, signer.publicKey)).rejects.toMatchObject({ name: 'DamagedBackup' });
});

it('never replaces a file, and leaves none behind when it fails', async () => {
  await writeFile(path, 'precious');
  await expect(writeBackup(path, source, recipient(), signer.privateKey, when)).rejects.toMatchObject({
    code: 'EEXIST',
  });
  expect(await readFile(path, 'utf8')).toBe('precious');
  const other = join(folder, 'tuesday');
  const broken = {
    ...source,
    read: () =>
      Readable.from(
        (function* (): Generator<Buffer> {
          throw new Error('lost');
        })(),
      ),
  };
  await expect(writeBackup(other, broken, recipient(), signer.privateKey, when)).rejects.toThrow('lost');
  expect(await readdir(folder)).toEqual(['monday']);
});
