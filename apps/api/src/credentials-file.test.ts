import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretBytes, parseAccountId } from '@keywarden/kernel';
import { CredentialsFile } from './credentials-file';

const account = {
  account: parseAccountId('111122223333')!,
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: SecretBytes.copyOf(Buffer.from('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY')),
};

describe('the credentials file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keywarden-credentials-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is in the format of the AWS shared credentials file, for its owner alone', async () => {
    const file = new CredentialsFile(join(folder, 'new', 'credentials'), 'eu-central-1');
    await file.draft(account);
    await file.settle(true);
    expect(await readFile(file.path, 'utf8')).toMatch(
      /^#.*\n\[keywarden\]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalr.*KEY\nregion = eu-central-1\n$/,
    );
    expect((await stat(file.path)).mode & 0o777).toBe(0o600);
  });

  it('of a node that lost the race does not replace the one that is there', async () => {
    const file = new CredentialsFile(join(folder, 'credentials'), 'eu-central-1');
    await writeFile(file.path, 'of the winner');
    await file.draft(account);
    await file.settle(false);
    expect(await readFile(file.path, 'utf8')).toBe('of the winner');
    expect(await readdir(folder)).toEqual(['credentials']);
  });

  it('is not touched by a start that makes no account', async () => {
    const file = new CredentialsFile(join(folder, 'credentials'), 'eu-central-1');
    await writeFile(file.path, 'of the first start');
    await file.settle(false);
    expect(await readFile(file.path, 'utf8')).toBe('of the first start');
  });

  it('that cannot be written stops the start with one line', async () => {
    await writeFile(join(folder, 'file'), '');
    const file = new CredentialsFile(join(folder, 'file', 'credentials'), 'eu-central-1');
    await expect(file.draft(account)).rejects.toThrow(/^the credentials file .* cannot be written: a part of the path/);
  });
});
