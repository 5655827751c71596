import { createHmac, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  type CreateKeyCommandInput,
  DescribeKeyCommand,
  GenerateMacCommand,
  GetPublicKeyCommand,
  KMSClient,
} from '@aws-sdk/client-kms';
import { type Keywarden, keywarden, startKeywarden } from '@keywarden/harness';

let folder: string;
let service: Keywarden;
let kms: KMSClient;
let environment: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keywarden-import-'));
  service = await startKeywarden();
  const { endpoint, region, credentials } = service;
  kms = new KMSClient({ endpoint, region, credentials });
  environment = {
    AWS_ENDPOINT_URL_KMS: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
});

afterAll(async () => {
  kms.destroy();
  await service.stop();
  await rm(folder, { recursive: true, force: true });
});

async function aKey(input: CreateKeyCommandInput): Promise<string> {
  return (await kms.send(new CreateKeyCommand(input))).KeyMetadata?.KeyId ?? '';
}

async function file(content: string | Buffer): Promise<string> {
  const path = join(folder, randomBytes(6).toString('hex'));
  await writeFile(path, content, { mode: 0o600 });
  return path;
}

const hmac = { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC', Origin: 'EXTERNAL' } as const;
const macOf = async (KeyId: string) =>
  (await kms.send(new GenerateMacCommand({ KeyId, MacAlgorithm: 'HMAC_SHA_256', Message: Buffer.from('m') }))).Mac;

it('imports raw key material that works at once, into a key named by its alias', async () => {
  const id = await aKey(hmac);
  await kms.send(new CreateAliasCommand({ AliasName: 'alias/imported', TargetKeyId: id }));
  const material = randomBytes(32);
  const words = ['import-key', await file(material), '--key-id', 'alias/imported'];
  const { code, out, err } = await keywarden(words, environment);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^imported into arn:aws:kms:us-east-1:111122223333:key\/\S+, which is Enabled\n/);
  expect(Buffer.from((await macOf(id)) ?? [])).toEqual(createHmac('sha256', material).update('m').digest());
});

it('imports it with an end, in another form and another wrapping', async () => {
  const id = await aKey({ Origin: 'EXTERNAL' });
  const validTo = new Date(Math.floor(Date.now() / 1_000) * 1_000 + 86_400_000);
  const words = [
    ...['import-key', await file(`${randomBytes(32).toString('hex')}\n`), '--encoding', 'hex', '--key-id', id],
    ...['--wrapping-algorithm', 'RSAES_OAEP_SHA_1', '--wrapping-key-spec', 'RSA_3072', '--description', 'first'],
    ...['--valid-to', validTo.toISOString(), '--json'],
  ];
  const { code, out } = await keywarden(words, environment);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ keyState: 'Enabled', wrappingAlgorithm: 'RSAES_OAEP_SHA_1' });
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: id }));
  expect(KeyMetadata).toMatchObject({ ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo: validTo });
});

it.each([
  ['RSA_3072', generateKeyPairSync('rsa', { modulusLength: 3072 }).privateKey, 'pkcs1'],
  ['ECC_NIST_P384', generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey, 'sec1'],
] as const)('imports a private key of spec %s', async (KeySpec, privateKey, type) => {
  const id = await aKey({ KeySpec, KeyUsage: 'SIGN_VERIFY', Origin: 'EXTERNAL' });
  const pem = await file(privateKey.export({ format: 'pem', type }) as string);
  expect(await keywarden(['import-key', pem, '--key-id', id], environment)).toMatchObject({ code: 0, err: '' });
  const { PublicKey } = await kms.send(new GetPublicKeyCommand({ KeyId: id }));
  const expected = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  expect(Buffer.from(PublicKey ?? [])).toEqual(expected);
});

describe('one line says why nothing was imported', () => {
  const failing = async (words: readonly string[], changes: Record<string, string> = {}) => {
    const { code, out, err } = await keywarden(['import-key', ...words], { ...environment, ...changes });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^keywarden: [^\n]+\n$/);
    return err;
  };

  it('when the service refuses', async () => {
    const id = await aKey(hmac);
    const [one, other] = [await file(randomBytes(32)), await file(randomBytes(32))];
    expect((await keywarden(['import-key', one, '--key-id', id], environment)).code).toBe(0);
    expect(await failing([other, '--key-id', id])).toMatch(/ImportKeyMaterial was refused: \w+Exception: /);
    const wrongSecret = { AWS_SECRET_ACCESS_KEY: 'x'.repeat(40) };
    expect(await failing([one, '--key-id', id], wrongSecret)).toContain('DescribeKey was refused: InvalidSignature');
  });

  it('when the key takes no imports, or is not there', async () => {
    const material = await file(randomBytes(32));
    expect(await failing([material, '--key-id', await aKey({})])).toContain('only EXTERNAL keys take imports');
    const missing = ['--key-id', '1234abcd-12ab-34cd-56ef-1234567890ab'];
    expect(await failing([material, ...missing])).toContain('NotFoundException');
  });

  it('when the material does not fit, before anything of it is sent', async () => {
    const id = await aKey(hmac);
    expect(await failing([await file(randomBytes(31)), '--key-id', id])).toContain('does not hold 32 bytes');
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: id }));
    expect(KeyMetadata?.KeyState).toBe('PendingImport');
  });

  it('when nobody answers', async () => {
    const words = [await file(randomBytes(32)), '--key-id', 'alias/imported', '--endpoint', 'http://127.0.0.1:1'];
    expect(await failing(words)).toContain('DescribeKey failed: ');
  });
});
