import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import * as sdk from '@aws-sdk/client-kms';
import { type Keywarden, answered, harnessAccount, startKeywarden } from '@keywarden/harness';
import { type TestDatabase, createTestDatabase } from '@keywarden/services';
import { type Certificate, aCertificate } from '@keywarden/xks-client/testing';

const uriPath = '/neighbour/kms/xks/v1';
const kmsName = 'cks.kms.us-east-1.amazonaws.com';
const proxyHost = 'xks.example.test';
const endpointService = 'com.amazonaws.vpce.us-east-1.vpce-svc-0a1b2c';

/** One deployment keeps the external key and serves it by the proxy; the other has a custom key store over it. */
let keeper: { readonly database: TestDatabase; readonly api: Keywarden; readonly proxy: Keywarden };
let user: { readonly database: TestDatabase; readonly api: Keywarden };
let folder: string;
let held: sdk.KMSClient;
let using: sdk.KMSClient;
let heldKeyId: string;
let storeId: string;
let keyId: string;
const clients: { destroy(): void }[] = [];

const clientOf = <C extends { destroy(): void }>(
  make: new (options: object) => C,
  { endpoint, region, credentials }: Keywarden,
): C => {
  const client = new make({ endpoint, region, credentials, maxAttempts: 1 });
  clients.push(client);
  return client;
};

async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
  const until = Date.now() + 30_000;
  while (Date.now() < until) {
    if (await holds()) return;
    await delay(50);
  }
  throw new Error(`${what}: not in time`);
}

const nameOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'answered',
    (error: unknown) => (error as Error).name,
  );

/** In files, as operators keep them. */
async function written(name: string, { cert, key }: Certificate): Promise<{ certFile: string; keyFile: string }> {
  const [certFile, keyFile] = [join(folder, `${name}.pem`), join(folder, `${name}-key.pem`)];
  await writeFile(certFile, cert);
  await writeFile(keyFile, key, { mode: 0o600 });
  return { certFile, keyFile };
}

/** The proxy demands a client certificate of the name under which KMS shows one. */
async function startKeeper(certificate: Certificate, clientAuthority: string): Promise<void> {
  const database = await createTestDatabase();
  const environment = { DATABASE_URL: database.url, KEYWARDEN_ROOT_KEY_FILE: join(folder, 'keeper-root') };
  const api = await startKeywarden({ app: 'api', dataDir: join(folder, 'keeper'), environment });
  const { certFile, keyFile } = await written('proxy', certificate);
  const proxy = await startKeywarden({
    app: 'xks-proxy',
    dataDir: join(folder, 'proxy'),
    environment: {
      ...environment,
      KEYWARDEN_TLS_CERT_FILE: certFile,
      KEYWARDEN_TLS_KEY_FILE: keyFile,
      KEYWARDEN_TLS_CLIENT_CA_FILE: clientAuthority,
      KEYWARDEN_TLS_CLIENT_NAME: kmsName,
    },
  });
  keeper = { database, api, proxy };
}

async function startUser(
  certificate: Certificate,
  clientCertificate: { readonly certFile: string; readonly keyFile: string },
): Promise<void> {
  const database = await createTestDatabase();
  const [stores, anchor] = [join(folder, 'key-stores.json'), join(folder, 'anchor.pem')];
  await writeFile(anchor, certificate.cert);
  const service = {
    privateDnsName: proxyHost,
    address: '127.0.0.1',
    port: Number(new URL(keeper.proxy.endpoint).port),
    clientCertificate,
  };
  await writeFile(
    stores,
    JSON.stringify({ vpcEndpointServices: { [endpointService]: service }, xks: { caFile: anchor, timeoutMs: 5_000 } }),
  );
  const environment = {
    DATABASE_URL: database.url,
    KEYWARDEN_ROOT_KEY_FILE: join(folder, 'user-root'),
    KEYWARDEN_KEY_STORES_FILE: stores,
  };
  user = { database, api: await startKeywarden({ app: 'api', dataDir: join(folder, 'user'), environment }) };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keywarden-two-'));
  const certificate = aCertificate(proxyHost);
  const shown = await written('kms', aCertificate(kmsName));
  await startKeeper(certificate, shown.certFile);
  await startUser(certificate, shown);
  held = clientOf(sdk.KMSClient, keeper.api);
  using = clientOf(sdk.KMSClient, user.api);
  const iam = clientOf(IAMClient, keeper.api);
  await iam.send(new CreateUserCommand({ UserName: 'neighbour' }));
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:DescribeKey'], Resource: '*' }],
  });
  await iam.send(new PutUserPolicyCommand({ UserName: 'neighbour', PolicyName: 'external-keys', PolicyDocument }));
  heldKeyId = (await held.send(new sdk.CreateKeyCommand({}))).KeyMetadata?.KeyId ?? '';
}, 180_000);

afterAll(async () => {
  for (const client of clients) client.destroy();
  await Promise.all([user?.api.stop(), keeper?.proxy.stop(), keeper?.api.stop()]);
  await Promise.all([user?.database.drop(), keeper?.database.drop()]);
  await rm(folder, { recursive: true, force: true });
}, 60_000);

const Plaintext = Buffer.from('seen by one deployment alone');
const EncryptionContext = { tenant: '7' };
const encrypt = () => using.send(new sdk.EncryptCommand({ KeyId: keyId, Plaintext, EncryptionContext }));

describe('a Keywarden with external keys in another Keywarden', () => {
  it('connects a custom key store to the proxy with the credential its operator made', async () => {
    const environment = { DATABASE_URL: keeper.database.url, KEYWARDEN_ROOT_KEY_FILE: join(folder, 'keeper-root') };
    const words = ['xks', 'stores', 'create', uriPath, '--account', harnessAccount.account, '--user', 'neighbour'];
    const made = await answered<{ XksProxyAuthenticationCredential: sdk.XksProxyAuthenticationCredentialType }>(
      words,
      environment,
    );
    await answered(['xks', 'keys', 'offer', uriPath, 'payments-1', heldKeyId], environment);
    const { CustomKeyStoreId } = await using.send(
      new sdk.CreateCustomKeyStoreCommand({
        CustomKeyStoreName: 'neighbour',
        CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
        XksProxyUriEndpoint: `https://${proxyHost}`,
        XksProxyUriPath: uriPath,
        XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
        XksProxyVpcEndpointServiceName: endpointService,
        XksProxyAuthenticationCredential: made.XksProxyAuthenticationCredential,
      }),
    );
    storeId = CustomKeyStoreId ?? '';
    await using.send(new sdk.ConnectCustomKeyStoreCommand({ CustomKeyStoreId }));
    await eventually('the store is connected', async () => {
      const { CustomKeyStores } = await using.send(new sdk.DescribeCustomKeyStoresCommand({ CustomKeyStoreId }));
      return CustomKeyStores?.[0]?.ConnectionState === 'CONNECTED';
    });
  });

  it('makes a KMS key over the external key, and uses it', async () => {
    const { KeyMetadata } = await using.send(
      new sdk.CreateKeyCommand({ Origin: 'EXTERNAL_KEY_STORE', CustomKeyStoreId: storeId, XksKeyId: 'payments-1' }),
    );
    keyId = KeyMetadata?.KeyId ?? '';
    expect(KeyMetadata).toMatchObject({ KeyState: 'Enabled', XksKeyConfiguration: { Id: 'payments-1' } });
    const { CiphertextBlob } = await encrypt();
    const opened = await using.send(new sdk.DecryptCommand({ CiphertextBlob, EncryptionContext }));
    expect(Buffer.from(opened.Plaintext ?? []).equals(Plaintext)).toBe(true);
    const data = await using.send(new sdk.GenerateDataKeyCommand({ KeyId: keyId, KeySpec: 'AES_256' }));
    const again = await using.send(new sdk.DecryptCommand({ CiphertextBlob: data.CiphertextBlob }));
    expect(again.Plaintext).toEqual(data.Plaintext);
    expect(
      await nameOf(using.send(new sdk.DecryptCommand({ CiphertextBlob, EncryptionContext: { tenant: '8' } }))),
    ).toBe('KMSInvalidStateException');
  });

  it('goes on after the external key was rotated where it is kept', async () => {
    const { CiphertextBlob } = await encrypt();
    await held.send(new sdk.RotateKeyOnDemandCommand({ KeyId: heldKeyId }));
    const opened = await using.send(new sdk.DecryptCommand({ CiphertextBlob, EncryptionContext }));
    expect(Buffer.from(opened.Plaintext ?? []).equals(Plaintext)).toBe(true);
  });

  it('takes no key that the proxy does not offer', async () => {
    const make = new sdk.CreateKeyCommand({
      Origin: 'EXTERNAL_KEY_STORE',
      CustomKeyStoreId: storeId,
      XksKeyId: 'other',
    });
    expect(await nameOf(using.send(make))).toBe('XksKeyNotFoundException');
  });

  it('stops where the keeper of the key stops it, and is on record there with the call behind each request', async () => {
    await held.send(new sdk.DisableKeyCommand({ KeyId: heldKeyId }));
    expect(await nameOf(encrypt())).toBe('KMSInvalidStateException');
    await held.send(new sdk.EnableKeyCommand({ KeyId: heldKeyId }));
    expect(await nameOf(encrypt())).toBe('answered');
    expect(keeper.proxy.output()).toContain('"kmsOperation":"Encrypt"');
    expect(keeper.proxy.output()).not.toContain(Plaintext.toString('base64'));
  });
});
