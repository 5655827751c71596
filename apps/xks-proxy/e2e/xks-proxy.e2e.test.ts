import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IAMClient, CreateUserCommand, PutUserPolicyCommand, DeleteUserPolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  KMSClient,
  RotateKeyOnDemandCommand,
} from '@aws-sdk/client-kms';
import { type Keywarden, answered, harnessAccount, keywarden, startKeywarden } from '@keywarden/harness';
import { SecretBytes, instant } from '@keywarden/kernel';
import { type TestDatabase, createTestDatabase } from '@keywarden/services';
import { signRequest } from '@keywarden/sigv4';
import { type XksOperation, integrityValue, xksPath } from '@keywarden/xks-protocol';

const uriPath = '/partner/kms/xks/v1';
const user = 'partner-kms';

interface CredentialFile {
  readonly XksProxyUriPath: string;
  readonly XksProxyAuthenticationCredential: { readonly AccessKeyId: string; readonly RawSecretAccessKey: string };
}

let database: TestDatabase;
let folder: string;
let environment: Record<string, string>;
let api: Keywarden;
let proxy: Keywarden;
let kms: KMSClient;
let iam: IAMClient;
let keyId: string;
let credential: CredentialFile['XksProxyAuthenticationCredential'];

const policy = (...Action: string[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });

const allow = (...actions: string[]) =>
  iam.send(
    new PutUserPolicyCommand({ UserName: user, PolicyName: 'external-keys', PolicyDocument: policy(...actions) }),
  );

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'keywarden-xks-'));
  environment = { DATABASE_URL: database.url, KEYWARDEN_ROOT_KEY_FILE: join(folder, 'root-key') };
  api = await startKeywarden({ app: 'api', dataDir: join(folder, 'api'), environment });
  proxy = await startKeywarden({ app: 'xks-proxy', dataDir: join(folder, 'proxy'), environment });
  const { endpoint, region, credentials } = api;
  kms = new KMSClient({ endpoint, region, credentials, maxAttempts: 1 });
  iam = new IAMClient({ endpoint, region, credentials, maxAttempts: 1 });
  await iam.send(new CreateUserCommand({ UserName: user }));
  await allow('kms:Encrypt', 'kms:Decrypt', 'kms:DescribeKey');
  keyId = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId ?? '';
  const words = ['xks', 'stores', 'create', uriPath, '--account', harnessAccount.account, '--user', user];
  const made = await answered<CredentialFile>(words, environment);
  credential = made.XksProxyAuthenticationCredential;
  await answered(['xks', 'keys', 'offer', uriPath, 'payments-1', keyId], environment);
}, 120_000);

afterAll(async () => {
  kms?.destroy();
  iam?.destroy();
  await Promise.all([proxy?.stop(), api?.stop()]);
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

type Answer = Record<string, string> & { readonly status: number };

/** One signed request, as AWS KMS in another Region would send it. */
async function ask(
  operation: XksOperation,
  members: object = {},
  { key = 'payments-1', signer = credential, path = uriPath } = {},
): Promise<Answer> {
  const url = `${proxy.endpoint}${xksPath(path, operation, key)}`;
  const requestMetadata = {
    awsPrincipalArn: 'arn:aws:iam::123456789012:user/Alice',
    kmsKeyArn: 'arn:aws:kms:ap-southeast-4:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    kmsOperation: 'GenerateDataKey',
    kmsRequestId: '4112f4d6-db54-4af4-ae30-c55a22a8dfae',
  };
  const body = Buffer.from(JSON.stringify({ requestMetadata, ...members }));
  const headers = signRequest({
    method: 'POST',
    url,
    headers: [],
    body,
    credentials: {
      accessKeyId: signer.AccessKeyId,
      secretAccessKey: SecretBytes.copyOf(Buffer.from(signer.RawSecretAccessKey)),
    },
    region: 'ap-southeast-4',
    service: 'kms-xks-proxy',
    now: instant(Date.now()),
  });
  const sent = Object.fromEntries(headers.filter(([name]) => name !== 'Host'));
  const response = await fetch(url, { method: 'POST', headers: sent, body, signal: AbortSignal.timeout(10_000) });
  const text = await response.text();
  return { ...(text === '' ? {} : (JSON.parse(text) as Record<string, string>)), status: response.status } as Answer;
}

const plaintext = Buffer.from('a data key of the partner').toString('base64');
const additionalAuthenticatedData = Buffer.from('project=nile').toString('base64');
const encrypt = (changes: object = {}, options = {}) =>
  ask('Encrypt', { plaintext, additionalAuthenticatedData, encryptionAlgorithm: 'AES_GCM', ...changes }, options);
const decrypt = ({ status: _status, ciphertextDataIntegrityValue: _value, ...sealed }: Answer, changes: object = {}) =>
  ask('Decrypt', { ...sealed, additionalAuthenticatedData, encryptionAlgorithm: 'AES_GCM', ...changes });

async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
  const until = Date.now() + 20_000;
  while (Date.now() < until) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${what}: not in time`);
}

describe('a KMS elsewhere, with a key held here', () => {
  it('finds proxy and key in the state it needs', async () => {
    expect(await ask('GetHealthStatus')).toMatchObject({
      status: 200,
      xksProxyVendor: 'Keywarden',
      xksProxyFleetSize: 1,
      ekmFleetDetails: [{ healthStatus: 'ACTIVE' }],
    });
    expect(await ask('GetKeyMetadata')).toEqual({
      status: 200,
      keySpec: 'AES_256',
      keyUsage: ['ENCRYPT', 'DECRYPT'],
      keyStatus: 'ENABLED',
    });
  });

  it('encrypts with an integrity value that fits, and decrypts, also after the key was rotated', async () => {
    const sealed = await encrypt({ ciphertextDataIntegrityValueAlgorithm: 'SHA_256' });
    const bytes = (member: string): Buffer => Buffer.from(sealed[member] ?? '', 'base64');
    expect(bytes('ciphertext')).toHaveLength(Buffer.from(plaintext, 'base64').length);
    const value = integrityValue({
      additionalAuthenticatedData: Buffer.from('project=nile'),
      ciphertextMetadata: bytes('ciphertextMetadata'),
      initializationVector: bytes('initializationVector'),
      ciphertext: bytes('ciphertext'),
      authenticationTag: bytes('authenticationTag'),
    });
    expect(sealed['ciphertextDataIntegrityValue']).toBe(Buffer.from(value).toString('base64'));
    await kms.send(new RotateKeyOnDemandCommand({ KeyId: keyId }));
    expect(await decrypt(sealed)).toEqual({ status: 200, plaintext });
  });

  it('is refused what does not verify, keys it was not offered, and paths and credentials that are none', async () => {
    const sealed = await encrypt();
    const elsewhere = Buffer.from('project=amazon').toString('base64');
    expect(await decrypt(sealed, { additionalAuthenticatedData: elsewhere })).toMatchObject({
      status: 400,
      errorName: 'InvalidCiphertextException',
    });
    expect(await encrypt({}, { key: keyId })).toMatchObject({ status: 404, errorName: 'KeyNotFoundException' });
    expect(await encrypt({}, { path: '/kms/xks/v1' })).toMatchObject({
      status: 404,
      errorName: 'InvalidUriPathException',
    });
    const forged = { ...credential, RawSecretAccessKey: 'x'.repeat(64) };
    expect(await encrypt({}, { signer: forged })).toMatchObject({
      status: 401,
      errorName: 'AuthenticationFailedException',
    });
    // The administrator's access key signs for the API, and for nothing here.
    const { accessKeyId: AccessKeyId, secretAccessKey: RawSecretAccessKey } = harnessAccount;
    expect(await encrypt({}, { signer: { AccessKeyId, RawSecretAccessKey } })).toMatchObject({ status: 401 });
  });

  it('is refused a key that is disabled here, and served again when it is enabled', async () => {
    await encrypt();
    await kms.send(new DisableKeyCommand({ KeyId: keyId }));
    await eventually('the proxy heard', async () => (await encrypt()).status === 400);
    expect(await encrypt()).toMatchObject({ errorName: 'InvalidStateException' });
    expect(await ask('GetKeyMetadata')).toMatchObject({ keyStatus: 'DISABLED' });
    await kms.send(new EnableKeyCommand({ KeyId: keyId }));
    await eventually('the proxy heard', async () => (await encrypt()).status === 200);
  });

  it('may do what the policies of its user allow, as of now', async () => {
    const sealed = await encrypt();
    await allow('kms:Encrypt');
    await eventually('the proxy heard', async () => (await decrypt(sealed)).status === 403);
    expect(await decrypt(sealed)).toMatchObject({ errorName: 'AccessDeniedException' });
    expect(await encrypt()).toMatchObject({ status: 200 });
    await iam.send(new DeleteUserPolicyCommand({ UserName: user, PolicyName: 'external-keys' }));
    await eventually('the proxy heard', async () => (await encrypt()).status === 403);
    await allow('kms:Encrypt', 'kms:Decrypt', 'kms:DescribeKey');
    await eventually('the proxy heard', async () => (await decrypt(sealed)).status === 200);
  });

  it('changes its credentials without a gap', async () => {
    const fresh = await answered<CredentialFile>(['xks', 'credentials', 'create', uriPath], environment);
    const second = fresh.XksProxyAuthenticationCredential;
    expect(await encrypt({}, { signer: second })).toMatchObject({ status: 200 });
    expect(await encrypt()).toMatchObject({ status: 200 });
    expect((await keywarden(['xks', 'credentials', 'create', uriPath], environment)).err).toContain('at most 2');
    await answered(['xks', 'credentials', 'delete', uriPath, credential.AccessKeyId], environment);
    await eventually('the old one ends', async () => (await encrypt()).status === 401);
    credential = second;
    expect(await encrypt()).toMatchObject({ status: 200 });
  });

  it('loses a key that is withdrawn, and everything with its store', async () => {
    await answered(['xks', 'keys', 'withdraw', uriPath, 'payments-1'], environment);
    expect(await encrypt()).toMatchObject({ status: 404, errorName: 'KeyNotFoundException' });
    await answered(['xks', 'keys', 'offer', uriPath, 'payments-1', keyId], environment);
    expect(await encrypt()).toMatchObject({ status: 200 });
    await answered(['xks', 'stores', 'delete', uriPath], environment);
    expect(await encrypt()).toMatchObject({ status: 404, errorName: 'InvalidUriPathException' });
  });

  it('left a line for every request, with what it said of the call behind it, and no secret', () => {
    expect(proxy.output()).toContain('"kmsRequestId":"4112f4d6-db54-4af4-ae30-c55a22a8dfae"');
    expect(proxy.output()).toContain('"awsPrincipalArn":"arn:aws:iam::123456789012:user/Alice"');
    expect(proxy.output()).not.toContain(plaintext);
    expect(proxy.output()).not.toContain(credential.RawSecretAccessKey);
  });
});
