import { chmod, chown, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPassphraseFile } from '../passphrase/read-passphrase';
import { type FileFacts, exposureOf } from './file-exposure';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exposure-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const root = { uid: 0, gid: 0 };
const elsewhere = (file: FileFacts) => exposureOf('/etc/keywarden/root-key', file, undefined);

it.each([0o600, 0o400, 0o700])('a file of mode %o is its owner’s alone', async (mode) => {
  expect(await elsewhere({ mode, uid: 1_000, gid: 1_000 })).toBeUndefined();
});

it.each([0o640, 0o440, 0o604, 0o610, 0o620, 0o777])('a file of mode %o is not', async (mode) => {
  const line = `has mode 0${mode.toString(8)}; only its owner may have access (chmod 0600)`;
  expect(await elsewhere({ mode, uid: 1_000, gid: 1_000 })).toBe(line);
  expect(await elsewhere({ mode, ...root })).toBe(line);
});

/** Runs as root in the project's own checks; elsewhere the files cannot be given away, and the facts are told. */
describe('a credential of systemd', () => {
  const asRoot = process.getuid?.() === 0;
  const facts: FileFacts = { mode: 0o440, ...root };
  let credentials: string;
  let path: string;
  beforeEach(async () => {
    credentials = join(folder, 'credentials');
    path = join(credentials, 'root-key');
    await mkdir(credentials, { mode: 0o550 });
    await writeFile(path, 'correct horse battery staple\n', { mode: 0o440 });
    await chmod(path, 0o440);
    await chmod(credentials, 0o550);
    if (asRoot) await chown(credentials, 0, 0);
  });

  it('may have the bits of its access control list, in the folder that systemd names', async () => {
    expect(await exposureOf(path, facts, credentials)).toBe(asRoot ? undefined : expect.stringContaining('0440'));
    expect(await exposureOf(path, facts, undefined)).toContain('has mode 0440');
    expect(await exposureOf(path, facts, folder)).toContain('has mode 0440');
    expect(await exposureOf(join(credentials, 'none'), facts, credentials)).toContain('has mode 0440');
  });

  it.each<Partial<FileFacts>>([{ mode: 0o444 }, { mode: 0o460 }, { mode: 0o640 }, { uid: 1_000 }, { gid: 1_000 }])(
    'may not be %j',
    async (changes) => {
      const given = { ...facts, ...changes };
      const fine = asRoot && given.mode === 0o640;
      expect(await exposureOf(path, given, credentials)).toEqual(
        fine ? undefined : expect.stringContaining('has mode'),
      );
    },
  );

  it('is none when it lies elsewhere and is linked there, or the folder is open to others', async () => {
    const outside = join(folder, 'outside');
    await writeFile(outside, 'correct horse battery staple\n', { mode: 0o440 });
    await chmod(credentials, 0o750);
    await symlink(outside, join(credentials, 'linked'));
    expect(await exposureOf(join(credentials, 'linked'), facts, credentials)).toContain('has mode 0440');
    await chmod(credentials, 0o755);
    expect(await exposureOf(path, facts, credentials)).toContain('has mode 0440');
  });

  it('is read as a passphrase', async () => {
    if (!asRoot) return;
    const before = process.env.CREDENTIALS_DIRECTORY;
    process.env.CREDENTIALS_DIRECTORY = credentials;
    try {
      expect((await readPassphraseFile(path)).length).toBe(28);
    } finally {
      if (before === undefined) delete process.env.CREDENTIALS_DIRECTORY;
      else process.env.CREDENTIALS_DIRECTORY = before;
    }
    await expect(readPassphraseFile(path)).rejects.toThrow(/has mode 0440/);
  });
});
