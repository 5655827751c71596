import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { type Keywarden, harnessAccount, startKeywarden } from '@keywarden/harness';
import { answered, keywarden } from '@keywarden/harness';

const partner = '222233334444';
let folder: string;
let service: Keywarden;
let environment: Record<string, string>;

interface Credentials {
  readonly account: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keywarden-cli-'));
  await chmod(folder, 0o755);
  environment = { KEYWARDEN_DATA_DIR: join(folder, 'data') };
  service = await startKeywarden({ dataDir: join(folder, 'data') });
});

afterAll(async () => {
  await service.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The account that a new key belongs to, or the name of the error. */
async function accountOfNewKey(credentials: { accessKeyId: string; secretAccessKey: string }): Promise<string> {
  const { endpoint, region } = service;
  const client = new KMSClient({ endpoint, region, credentials, maxAttempts: 1 });
  try {
    const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
    return KeyMetadata?.AWSAccountId ?? 'none';
  } catch (thrown) {
    return (thrown as Error).name;
  } finally {
    client.destroy();
  }
}

describe('beside the running service', () => {
  it('an account is added whose root user works at once, and is not added twice', async () => {
    const made = await answered<Credentials>(['accounts', 'create', partner], environment);
    expect(made).toEqual({
      account: partner,
      accessKeyId: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/),
      secretAccessKey: expect.stringMatching(/^[A-Za-z0-9+/]{40}$/),
    });
    expect(await accountOfNewKey(made)).toBe(partner);
    expect(await keywarden(['accounts', 'create', partner], environment)).toEqual({
      code: 1,
      out: '',
      err: `keywarden: the account ${partner} exists already\n`,
    });
    const { accounts } = await answered<{ accounts: { account: string }[] }>(['accounts', 'list'], environment);
    expect(accounts.map(({ account }) => account)).toEqual([harnessAccount.account, partner]);
  });

  it('an account without a wished number gets twelve digits', async () => {
    const { account } = await answered<Credentials>(['accounts', 'create'], environment);
    expect(account).toMatch(/^[1-8][0-7]{11}$/);
  });

  it('access keys are changed without a gap, and what is taken away ends in the running service', async () => {
    const keys = (...words: string[]) => ['accounts', 'access-keys', ...words];
    const first = await answered<Credentials>(['accounts', 'create', '333344445555'], environment);
    const second = await answered<Credentials>(keys('create', first.account), environment);
    expect(await accountOfNewKey(second)).toBe(first.account);
    expect(await keywarden(keys('create', first.account), environment)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^keywarden: the limit is reached: at most 2 /),
    });

    await answered(keys('deactivate', first.account, first.accessKeyId), environment);
    await eventually(async () => expect(await accountOfNewKey(first)).toBe('UnrecognizedClientException'));
    await answered(keys('activate', first.account, first.accessKeyId), environment);
    await eventually(async () => expect(await accountOfNewKey(first)).toBe(first.account));
    await answered(keys('delete', first.account, first.accessKeyId), environment);
    await eventually(async () => expect(await accountOfNewKey(first)).toBe('UnrecognizedClientException'));

    const listed = await answered<{ accessKeys: object[] }>(keys('list', first.account), environment);
    expect(listed.accessKeys).toMatchObject([{ accessKeyId: second.accessKeyId, status: 'Active' }]);
    expect(JSON.stringify(listed)).not.toContain(second.secretAccessKey);
  });

  it('a key of another account is not touched', async () => {
    const { account } = await answered<Credentials>(['accounts', 'create', '444455556666'], environment);
    for (const name of ['deactivate', 'delete']) {
      const words = ['accounts', 'access-keys', name, account, harnessAccount.accessKeyId];
      expect(await keywarden(words, environment)).toMatchObject({
        code: 1,
        err: `keywarden: there is no access key ${harnessAccount.accessKeyId}\n`,
      });
    }
    expect(await accountOfNewKey(harnessAccount)).toBe(harnessAccount.account);
  });

  it('a secret goes into a new file for its owner alone, and then not to the terminal', async () => {
    const file = join(folder, 'partner-credentials');
    const words = ['accounts', 'create', '555566667777', '--write-credentials', file, '--profile', 'partner'];
    const { code, out } = await keywarden(words, environment);
    expect(code).toBe(0);
    const text = await readFile(file, 'utf8');
    const [, secret = 'missing'] = /^aws_secret_access_key = (.+)$/m.exec(text) ?? [];
    const [, accessKeyId = 'missing'] = /^\[partner\]\naws_access_key_id = (.+)$/m.exec(text) ?? [];
    expect(out).not.toContain(secret);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await accountOfNewKey({ accessKeyId, secretAccessKey: secret })).toBe('555566667777');

    const again = ['accounts', 'access-keys', 'create', '555566667777', '--write-credentials', file];
    expect(await keywarden(again, environment)).toMatchObject({ code: 1, err: expect.stringContaining('exists') });
    expect(await readFile(file, 'utf8')).toBe(text);
    const keys = await answered<{ accessKeys: object[] }>(
      ['accounts', 'access-keys', 'list', '555566667777'],
      environment,
    );
    expect(keys.accessKeys).toHaveLength(1);
  });

  it('no file is left when no key was made', async () => {
    const file = join(folder, 'no-credentials');
    const words = ['accounts', 'create', harnessAccount.account, '--write-credentials', file];
    expect(await keywarden(words, environment)).toMatchObject({ code: 1 });
    await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

it('while the service is stopped, the command brings the database up for itself and the service starts again after it', async () => {
  await service.stop();
  const made = await answered<Credentials>(['accounts', 'create', '666677778888'], environment);
  service = await startKeywarden({ dataDir: join(folder, 'data') });
  expect(await accountOfNewKey(made)).toBe('666677778888');
});

async function eventually(check: () => Promise<void>): Promise<void> {
  const until = Date.now() + 15_000;
  for (;;) {
    try {
      return await check();
    } catch (thrown) {
      if (Date.now() > until) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
