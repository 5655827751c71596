import { randomBytes } from 'node:crypto';
import { operationShapes } from '@keywarden/kms-protocol';
import { SecretBytes, instant } from '@keywarden/kernel';
import { type TestDatabase, createTestDatabase } from '@keywarden/services';
import { type Keywarden, scrapeOf, startKeywarden } from '@keywarden/harness';
import { signRequest } from '@keywarden/sigv4';
import { Client } from 'pg';
import { exampleRequests } from './testing/example-requests';
import { callSigned } from './testing/signed-call';

/** Members whose values must be found nowhere, in requests and in answers. */
const never: ReadonlySet<string> = new Set([
  ...['Plaintext', 'CiphertextBlob', 'Message', 'Signature', 'Mac', 'GrantToken', 'GrantTokens', 'ImportToken'],
  ...['EncryptedKeyMaterial', 'PublicKey', 'PrivateKeyPlaintext', 'PrivateKeyCiphertextBlob', 'SharedSecret'],
  ...['SharedSecretCiphertextBlob', 'CiphertextForRecipient', 'AttestationDocument', 'KeyStorePassword'],
  ...['TrustAnchorCertificate', 'RawSecretAccessKey', 'SecretAccessKey', 'SessionToken', 'WebIdentityToken'],
]);

/** Every text below a member that must not be found. */
function secretsIn(value: unknown, secret = false): string[] {
  if (typeof value === 'string') return secret && value.length > 11 ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => secretsIn(inner, secret || never.has(name)));
}

/** The same request with fresh random bytes in place of each secret, so that it can be told from everything else. */
function marked(value: unknown, secret = false): unknown {
  if (typeof value === 'string')
    return secret ? randomBytes(Math.max(12, Buffer.from(value, 'base64').length)).toString('base64') : value;
  if (Array.isArray(value)) return value.map((inner) => marked(inner, secret));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, marked(inner, secret || never.has(name))]),
  );
}

let database: TestDatabase;
let sql: Client;
let service: Keywarden;
const secrets = new Set<string>();

beforeAll(async () => {
  database = await createTestDatabase();
  sql = new Client({ connectionString: database.url, query_timeout: 30_000 });
  await sql.connect();
  const environment = { DATABASE_URL: database.url, KEYWARDEN_LOG_LEVEL: 'debug', KEYWARDEN_METRICS_PORT: '0' };
  service = await startKeywarden({ environment: { ...environment, KEYWARDEN_REGIONS: 'us-east-1,eu-west-1' } });
}, 120_000);

afterAll(async () => {
  await service.stop();
  await sql.end();
  await database.drop();
});

async function call(operation: string, body: object): Promise<Record<string, unknown>> {
  const { endpoint, credentials, region } = service;
  const answer = await callSigned({ endpoint, credentials, region, operation, body: JSON.stringify(body) });
  const members = (answer.text === '' ? {} : JSON.parse(answer.text)) as Record<string, unknown>;
  for (const secret of [...secretsIn(body), ...secretsIn(members)]) secrets.add(secret);
  return members;
}

async function query(scope: 'iam' | 'sts', parameters: Readonly<Record<string, string>>): Promise<string> {
  const url = `${service.endpoint}/`;
  const version = scope === 'iam' ? '2010-05-08' : '2011-06-15';
  const body = Buffer.from(new URLSearchParams({ Version: version, ...parameters }).toString());
  const { accessKeyId, secretAccessKey } = service.credentials;
  const headers = signRequest({
    ...{ method: 'POST', url, body, region: 'us-east-1', service: scope, now: instant(Date.now()) },
    headers: [['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8']],
    credentials: { accessKeyId, secretAccessKey: SecretBytes.copyOf(Buffer.from(secretAccessKey)) },
  });
  const sent = headers
    .filter(([name]) => name.toLowerCase() !== 'host')
    .map(([name, value]): [string, string] => [name, value]);
  const response = await fetch(url, { method: 'POST', headers: sent, body, signal: AbortSignal.timeout(10_000) });
  const xml = await response.text();
  for (const name of ['SecretAccessKey', 'SessionToken']) {
    const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
    if (found !== undefined) secrets.add(found);
  }
  return xml;
}

/** Calls that succeed, so that there are answers with secrets in them. */
async function lifeOfKeys(): Promise<string> {
  const keyOf = async (given: object): Promise<string> =>
    ((await call('CreateKey', given))['KeyMetadata'] as { KeyId: string }).KeyId;
  const fresh = (): string => randomBytes(32).toString('base64');
  const KeyId = await keyOf({});
  const { CiphertextBlob } = await call('Encrypt', {
    KeyId,
    Plaintext: fresh(),
    EncryptionContext: { shown: 'context' },
  });
  await call('Decrypt', { CiphertextBlob, EncryptionContext: { shown: 'context' } });
  await call('ReEncrypt', { CiphertextBlob, SourceEncryptionContext: { shown: 'context' }, DestinationKeyId: KeyId });
  await call('GenerateDataKey', { KeyId, KeySpec: 'AES_256' });
  await call('GenerateDataKeyPair', { KeyId, KeyPairSpec: 'ECC_NIST_P256' });
  await call('GenerateRandom', { NumberOfBytes: 64 });
  await call('CreateGrant', { KeyId, GranteePrincipal: 'arn:aws:iam::111122223333:root', Operations: ['Decrypt'] });
  const signing = await keyOf({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
  const message = { KeyId: signing, Message: fresh(), SigningAlgorithm: 'ECDSA_SHA_256' };
  const { Signature } = await call('Sign', message);
  await call('Verify', { ...message, Signature });
  const authenticating = await keyOf({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
  const tagged = { KeyId: authenticating, Message: fresh(), MacAlgorithm: 'HMAC_SHA_256' };
  const { Mac } = await call('GenerateMac', tagged);
  await call('VerifyMac', { ...tagged, Mac });
  const external = await keyOf({ Origin: 'EXTERNAL' });
  const wrapping = { KeyId: external, WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' };
  await call('GetParametersForImport', wrapping);
  return KeyId;
}

describe('every operation, with secrets that can be told from everything else', () => {
  beforeAll(async () => {
    const KeyId = await lifeOfKeys();
    const blob = randomBytes(120).toString('base64');
    const requests = exampleRequests(KeyId, blob);
    for (const operation of Object.keys(operationShapes)) {
      const example = marked(requests[operation] ?? customKeyStores[operation] ?? { KeyId });
      await call(operation, example as object);
      // And one that nobody can read: its error quotes what was sent.
      await call(operation, { ...(example as object), GrantTokens: [''], Limit: -1, KeyId: '' });
    }
    await query('iam', { Action: 'CreateUser', UserName: 'alice' });
    await query('iam', { Action: 'CreateAccessKey', UserName: 'alice' });
    await query('sts', { Action: 'GetSessionToken' });
  }, 240_000);

  it('is on record', async () => {
    const { rows } = await sql.query<{ event_name: string }>('SELECT DISTINCT event_name FROM audit_records');
    const names = rows.map(({ event_name }) => event_name);
    for (const operation of [...Object.keys(operationShapes), 'CreateUser', 'CreateAccessKey', 'GetSessionToken']) {
      expect(names).toContain(operation);
    }
  });

  it('leaves none of them in records, logs and metrics', async () => {
    const { rows } = await sql.query<{ text: string }>('SELECT to_jsonb(r)::text AS text FROM audit_records r');
    const scraped = await scrapeOf(service);
    const sinks = { records: rows.map(({ text }) => text).join('\n'), log: service.output(), metrics: scraped.text };
    expect(secrets.size).toBeGreaterThan(40);
    // The search finds what is there: the encryption context is recorded.
    expect(sinks.records).toContain('context');
    for (const [sink, text] of Object.entries(sinks)) {
      const found = [...secrets].filter((secret) => text.includes(secret) || text.includes(hexOf(secret)));
      expect({ sink, found }).toEqual({ sink, found: [] });
    }
  });
});

function hexOf(base64: string): string {
  const hex = Buffer.from(base64, 'base64').toString('hex');
  return hex.length >= 16 ? hex : base64;
}

const customKeyStores: Readonly<Record<string, object>> = {
  CreateCustomKeyStore: {
    CustomKeyStoreName: 'store',
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    // Refused without a look outside: nothing in a private place is connected to.
    XksProxyUriEndpoint: 'https://localhost',
    XksProxyUriPath: '/kms/xks/v1',
    XksProxyConnectivity: 'PUBLIC_ENDPOINT',
    XksProxyAuthenticationCredential: { AccessKeyId: 'ABCDEFGHIJKLMNOPQRST', RawSecretAccessKey: 'x'.repeat(44) },
  },
  UpdateCustomKeyStore: { CustomKeyStoreId: 'cks-1234567890abcdef0', KeyStorePassword: 'a-long-password' },
  ConnectCustomKeyStore: { CustomKeyStoreId: 'cks-1234567890abcdef0' },
  DisconnectCustomKeyStore: { CustomKeyStoreId: 'cks-1234567890abcdef0' },
  DeleteCustomKeyStore: { CustomKeyStoreId: 'cks-1234567890abcdef0' },
  DescribeCustomKeyStores: {},
};
