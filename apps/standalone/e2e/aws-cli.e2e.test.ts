import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { aService, account } from './testing/a-service';

/** These tests need the AWS CLI (`aws`, version 1 or 2) on the PATH, and are left out where it is not. */
const present = spawnSync('aws', ['--version'], { timeout: 20_000 }).status === 0;
const describeWithCli = present ? describe : describe.skip;
if (!present) process.stderr.write('The tests of the AWS CLI were left out: aws is not on the PATH.\n');

describeWithCli('the AWS CLI', () => {
  const service = aService();
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keywarden-cli-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** With the environment that the service prints for its users. */
  const kms = async (...args: string[]): Promise<string> => {
    const { endpoint, region, dataDir } = service.running;
    const { stdout } = await promisify(execFile)('aws', ['kms', ...args, '--output', 'json'], {
      timeout: 60_000,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        AWS_SHARED_CREDENTIALS_FILE: join(dataDir, 'credentials'),
        AWS_PROFILE: 'keywarden',
        AWS_ENDPOINT_URL_KMS: endpoint,
        AWS_REGION: region,
        AWS_DEFAULT_REGION: region,
        AWS_MAX_ATTEMPTS: '1',
        AWS_EC2_METADATA_DISABLED: 'true',
      },
    });
    return stdout;
  };
  const json = async (...args: string[]) => JSON.parse(await kms(...args)) as Record<string, string>;

  it('creates a key, encrypts a file and decrypts it, with the credentials file of the service', async () => {
    const { KeyMetadata } = JSON.parse(
      await kms('create-key', '--description', 'cli', '--tags', 'TagKey=a,TagValue=b'),
    ) as {
      KeyMetadata: { KeyId: string; Arn: string; AWSAccountId: string };
    };
    expect(KeyMetadata.AWSAccountId).toBe(account);
    expect(await kms('create-alias', '--alias-name', 'alias/cli', '--target-key-id', KeyMetadata.KeyId)).toBe('');
    await writeFile(join(folder, 'plain'), 'from a file');
    const context = ['--encryption-context', 'purpose=cli'];
    const encrypted = await json(
      'encrypt',
      '--key-id',
      'alias/cli',
      '--plaintext',
      `fileb://${join(folder, 'plain')}`,
      ...context,
    );
    expect(encrypted.KeyId).toBe(KeyMetadata.Arn);
    await writeFile(join(folder, 'sealed'), Buffer.from(encrypted.CiphertextBlob ?? '', 'base64'));
    const sealed = ['--ciphertext-blob', `fileb://${join(folder, 'sealed')}`];
    const opened = await json('decrypt', ...sealed, ...context);
    expect(Buffer.from(opened.Plaintext ?? '', 'base64').toString()).toBe('from a file');
    await expect(kms('decrypt', ...sealed)).rejects.toThrow('InvalidCiphertextException');
    expect(await readFile(join(folder, 'plain'), 'utf8')).toBe('from a file');
  });

  it('pages through lists by itself', async () => {
    for (const name of ['alias/cli-1', 'alias/cli-2']) {
      const { KeyMetadata } = JSON.parse(await kms('create-key')) as { KeyMetadata: { KeyId: string } };
      await kms('create-alias', '--alias-name', name, '--target-key-id', KeyMetadata.KeyId);
    }
    const { Aliases } = JSON.parse(await kms('list-aliases', '--page-size', '1')) as {
      Aliases: { AliasName: string }[];
    };
    expect(Aliases.map(({ AliasName }) => AliasName)).toEqual(expect.arrayContaining(['alias/cli-1', 'alias/cli-2']));
  });

  it('shows code and text of a refusal', async () => {
    await expect(kms('describe-key', '--key-id', 'alias/nowhere')).rejects.toThrow(
      `An error occurred (NotFoundException) when calling the DescribeKey operation: Alias ${service.arn('alias/nowhere')} is not found.`,
    );
  });
});
