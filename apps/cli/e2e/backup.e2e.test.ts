import { chmod, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateAliasCommand, CreateKeyCommand, DecryptCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { type Keywarden, startKeywarden } from '@keywarden/harness';
import { createTestDatabase } from '@keywarden/services';
import { runWithInput } from './testing/run-with-input';

const keyCount = Number(process.env.KEYWARDEN_TEST_DRILL_KEYS ?? 40);
let folder: string;
let dataDir: string;
let service: Keywarden;
let client: KMSClient;
let blob: Uint8Array;
let out: string;
const keysIn = (): string => join(folder, 'keys');
const environment = (): Record<string, string> => ({ KEYWARDEN_DATA_DIR: dataDir });
const reading = (): string[] => [
  ...['--identity', join(keysIn(), 'recipient.key')],
  ...['--signer', join(keysIn(), 'signer.pub')],
];
const saving = (path: string): string[] => [
  'backup',
  ...['--recipient', join(keysIn(), 'recipient.pub')],
  ...['--signing-key', join(keysIn(), 'signer.key')],
  ...['--out', path],
];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keywarden-backup-'));
  await chmod(folder, 0o755);
  dataDir = join(folder, 'data');
  service = await startKeywarden({ dataDir, environment: { KEYWARDEN_REQUEST_QUOTAS: 'off' } });
  const { endpoint, region, credentials } = service;
  client = new KMSClient({ endpoint, region, credentials });
  const specs = ['SYMMETRIC_DEFAULT', 'HMAC_256', 'ECC_NIST_P256'] as const;
  let first: string | undefined;
  for (let made = 0; made < keyCount; made += 20) {
    const batch = Array.from({ length: Math.min(20, keyCount - made) }, (_, index) =>
      client.send(
        new CreateKeyCommand({
          KeySpec: specs[index % specs.length],
          KeyUsage: (['ENCRYPT_DECRYPT', 'GENERATE_VERIFY_MAC', 'SIGN_VERIFY'] as const)[index % specs.length],
          Description: 'tab\tand\nline \\ end',
        }),
      ),
    );
    const answers = await Promise.all(batch);
    first ??= answers[0]?.KeyMetadata?.KeyId;
  }
  await client.send(new CreateAliasCommand({ AliasName: 'alias/saved', TargetKeyId: first }));
  const sealed = await client.send(
    new EncryptCommand({ KeyId: 'alias/saved', Plaintext: Buffer.from('the rain in Spain') }),
  );
  blob = sealed.CiphertextBlob ?? new Uint8Array();
  expect((await runWithInput(['backup-keys', keysIn()], {})).code).toBe(0);
  out = join(folder, 'monday.backup');
}, 900_000);

afterAll(async () => {
  client.destroy();
  await service.stop();
  await rm(folder, { recursive: true, force: true });
});

it('is made beside the running service, is not readable by others, and replaces no file', async () => {
  const made = await runWithInput([...saving(out), '--json'], environment());
  expect(made).toMatchObject({ code: 0, err: '' });
  const { tables } = JSON.parse(made.out) as { tables: { name: string; rows: number }[] };
  expect(tables.find(({ name }) => name === 'kms_keys')?.rows).toBeGreaterThanOrEqual(keyCount);
  expect((await readFile(out)).toString('latin1')).not.toContain('alias/saved');
  expect(await runWithInput(saving(out), environment())).toEqual({
    code: 1,
    out: '',
    err: `keywarden: the file ${out} exists; name one that does not\n`,
  });
}, 240_000);

it('is proven by a drill that unwraps everything and leaves nothing behind', async () => {
  const drilled = await runWithInput(['restore', out, ...reading(), '--drill', '--json'], environment());
  expect(drilled).toMatchObject({ code: 0, err: '' });
  const report = JSON.parse(drilled.out) as Record<string, number>;
  if (process.env.KEYWARDEN_TEST_DRILL_KEYS !== undefined) process.stdout.write(`${drilled.out}\n`);
  expect(report.keys).toBeGreaterThanOrEqual(keyCount);
  expect(report.materials).toBe(report.keys);
}, 600_000);

it('fills an empty database, on which the service goes on with the same root key file', async () => {
  const database = await createTestDatabase();
  const target = { ...environment(), DATABASE_URL: database.url };
  expect(await runWithInput(['restore', out, ...reading()], target)).toMatchObject({ code: 0, err: '' });
  const elsewhere = join(folder, 'elsewhere');
  const restored = await startKeywarden({
    dataDir: elsewhere,
    environment: { DATABASE_URL: database.url, KEYWARDEN_ROOT_KEY_FILE: join(dataDir, 'root-key') },
  });
  const { endpoint, region, credentials } = restored;
  const there = new KMSClient({ endpoint, region, credentials });
  const { Plaintext } = await there.send(new DecryptCommand({ CiphertextBlob: blob }));
  expect(Buffer.from(Plaintext ?? []).toString()).toBe('the rain in Spain');
  // Identity columns go on behind what was restored: a change writes its event.
  await there
    .send(new CreateAliasCommand({ AliasName: 'alias/after', TargetKeyId: 'alias/saved' }))
    .catch(() => undefined);
  await there.send(new CreateKeyCommand({}));
  there.destroy();
  await restored.stop();
  const again = await runWithInput(['restore', out, ...reading()], target);
  expect([again.code, again.err]).toEqual([1, expect.stringContaining('the database is not empty')]);
  await database.drop();
}, 240_000);

it('that was changed, cut off, or signed by somebody else writes nothing', async () => {
  const database = await createTestDatabase();
  const target = { ...environment(), DATABASE_URL: database.url };
  const whole = await readFile(out);
  const cut = join(folder, 'cut.backup');
  await writeFile(cut, whole.subarray(0, whole.length - 1));
  const stranger = join(folder, 'stranger');
  expect((await runWithInput(['backup-keys', stranger], {})).code).toBe(0);
  const other = ['--identity', join(keysIn(), 'recipient.key'), '--signer', join(stranger, 'signer.pub')];
  for (const [words, line] of [
    [['restore', cut, ...reading()], /the backup is damaged, cut off/],
    [['restore', out, ...other], /not signed by this signer/],
  ] as const) {
    const { code, err } = await runWithInput(words, target);
    expect([code, err]).toEqual([1, expect.stringMatching(line)]);
  }
  // Nothing was begun: the same database takes the right one.
  const copy = join(folder, 'copy.backup');
  await copyFile(out, copy);
  expect((await runWithInput(['restore', copy, ...reading()], target)).code).toBe(0);
  await database.drop();
}, 240_000);
