import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { rootKeyContract } from '@keywarden/crypto/testing';
import { SecretBytes } from '@keywarden/kernel';
import { localRootKeys } from '../local/local-root-key';
import { FileProvider } from './file-provider';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'root-key-'));
  path = join(folder, 'root.key');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const create = async (at: string) => (await new FileProvider(at).create()).root!;
const open = async (at: string) => (await new FileProvider(at).load()).root;

let count = 0;
rootKeyContract(() => create(join(folder, `${(count += 1)}.key`)), localRootKeys);

describe('a root key file', () => {
  const place = Uint8Array.of(1);
  const domainKey = (): SecretBytes => SecretBytes.copyOf(new Uint8Array(32).fill(3));

  it('holds the same key at every start', async () => {
    const wrapped = await (await create(path)).wrap(domainKey(), place);
    const reopened = await open(path);
    expect((await reopened.unwrap(wrapped, place))?.expose((bytes) => [...bytes])).toEqual(Array(32).fill(3));
  });

  it('is readable by its owner alone, whatever the umask', async () => {
    const before = process.umask(0);
    try {
      await create(path);
    } finally {
      process.umask(before);
    }
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['root.key']);
  });

  it('is never written over', async () => {
    await create(path);
    const before = await readFile(path);
    await expect(create(path)).rejects.toMatchObject({ code: 'Exists' });
    expect(await readFile(path)).toEqual(before);
    expect(await readdir(folder)).toEqual(['root.key']);
  });

  it('is never written through a symbolic link, not even a dangling one', async () => {
    await symlink(join(folder, 'elsewhere'), path);
    await expect(create(path)).rejects.toMatchObject({ code: 'Exists' });
    expect(await readdir(folder)).toEqual(['root.key']);
  });

  it('has one key even when eight processes make it at once', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => new FileProvider(path).loadOrCreate()));
    expect(new Set(made.map(({ provider }) => provider.description.id)).size).toBe(1);
    expect(made.filter(({ created }) => created)).toHaveLength(1);
  });

  it.each([0o640, 0o604, 0o660, 0o777, 0o610])('is refused with mode %o', async (mode) => {
    await create(path);
    await chmod(path, mode);
    await expect(open(path)).rejects.toMatchObject({ code: 'WrongMode' });
  });

  it('is read through a symbolic link, with the mode of the file behind it', async () => {
    const { id } = await create(join(folder, 'real.key'));
    await symlink('real.key', path);
    expect((await open(path)).id).toBe(id);
    await chmod(join(folder, 'real.key'), 0o644);
    await expect(open(path)).rejects.toMatchObject({ code: 'WrongMode' });
  });

  it('is Missing when it is not there, and is not made by opening it', async () => {
    await expect(open(path)).rejects.toMatchObject({ code: 'Missing' });
    expect(await readdir(folder)).toEqual([]);
  });

  it('is Unreadable when it is a directory', async () => {
    await mkdir(path);
    await expect(open(path)).rejects.toMatchObject({ code: 'Unreadable' });
  });

  it('is Unwritable in a folder that does not exist', async () => {
    await expect(create(join(folder, 'none', 'root.key'))).rejects.toMatchObject({ code: 'Unwritable' });
  });

  it('is Corrupt with any character changed, cut or added, and is not replaced then', async () => {
    await create(path);
    const text = await readFile(path, 'latin1');
    const damaged = [text.slice(0, -1), `${text}\n`, '', text.toUpperCase()];
    for (let index = 0; index < text.length; index += 1) {
      damaged.push(text.slice(0, index) + (text[index] === '0' ? '1' : '0') + text.slice(index + 1));
    }
    for (const given of damaged) {
      await writeFile(path, given, 'latin1');
      await expect(new FileProvider(path).loadOrCreate()).rejects.toMatchObject({ code: 'Corrupt' });
      expect(await readFile(path, 'latin1')).toBe(given);
    }
  });

  it('shows the key in no name, message or inspection', async () => {
    const rootKey = await create(path);
    const key = (await readFile(path, 'latin1')).split('\n')[1]!;
    const shown = `${inspect(rootKey, { showHidden: true, depth: 5 })} ${rootKey.id} ${JSON.stringify(rootKey)}`;
    expect(shown).not.toContain(key.slice(0, 12));
    await chmod(path, 0o644);
    const error = await open(path).catch((thrown: unknown) => thrown);
    expect(inspect(error)).not.toContain(key.slice(0, 12));
    expect((error as Error).message).toBe(
      `root key file ${path} has mode 0644; only its owner may have access (chmod 0600)`,
    );
  });
});
