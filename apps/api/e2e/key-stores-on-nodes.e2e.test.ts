import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as kms from '@aws-sdk/client-kms';
import { type Keywarden, startKeywarden } from '@keywarden/harness';
import { SoftHsm } from '@keywarden/pkcs11/testing';
import { type TestDatabase, createTestDatabase } from '@keywarden/services';

jest.setTimeout(120_000);

const [clusterId, password, anchor] = ['cluster-aaaaaaaaaaa', 'kmsuser password', 'anchor of the test'];

/** Two API nodes on one database, both with the module of one token. */
let database: TestDatabase;
let hsm: SoftHsm;
let folder: string;
let nodes: readonly [kms.KMSClient, kms.KMSClient];
const processes: Keywarden[] = [];

async function start(name: string): Promise<kms.KMSClient> {
  const started = await startKeywarden({
    app: 'api',
    dataDir: join(folder, name),
    environment: {
      DATABASE_URL: database.url,
      KEYWARDEN_ROOT_KEY_FILE: join(folder, 'root-key'),
      KEYWARDEN_KEY_STORES_FILE: join(folder, 'key-stores.json'),
      SOFTHSM2_CONF: hsm.configuration,
    },
  });
  processes.push(started);
  const { endpoint, region, credentials } = started;
  return new kms.KMSClient({ endpoint, region, credentials, maxAttempts: 1 });
}

beforeAll(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'keywarden-key-store-nodes-'));
  hsm = new SoftHsm();
  hsm.addToken('keywarden', password);
  const trustAnchorFile = join(folder, 'anchor.pem');
  writeFileSync(trustAnchorFile, anchor);
  const cluster = { module: hsm.module, token: 'keywarden', trustAnchorFile };
  writeFileSync(join(folder, 'key-stores.json'), JSON.stringify({ clusters: { [clusterId]: cluster } }));
  nodes = [await start('a'), await start('b')];
}, 120_000);

afterAll(async () => {
  for (const client of nodes ?? []) client.destroy();
  await Promise.all(processes.map((process) => process.stop()));
  await database?.drop();
  hsm?.remove();
  rmSync(folder, { recursive: true, force: true });
}, 120_000);

const Plaintext = Buffer.from('a secret');

async function becomes(client: kms.KMSClient, CustomKeyStoreId: string, state: string): Promise<void> {
  for (let waited = 0; waited < 30_000; waited += 50) {
    const { CustomKeyStores } = await client.send(new kms.DescribeCustomKeyStoresCommand({ CustomKeyStoreId }));
    if (CustomKeyStores?.[0]?.ConnectionState === state) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the store is not ${state}`);
}

describe('a custom key store on several nodes', () => {
  it('is usable on each, and on none as soon as it is disconnected on one', async () => {
    const [a, b] = nodes;
    const { CustomKeyStoreId = '' } = await a.send(
      new kms.CreateCustomKeyStoreCommand({
        CustomKeyStoreName: 'cluster',
        CloudHsmClusterId: clusterId,
        TrustAnchorCertificate: anchor,
        KeyStorePassword: password,
      }),
    );
    const connect = async (): Promise<void> => {
      await a.send(new kms.ConnectCustomKeyStoreCommand({ CustomKeyStoreId }));
      await becomes(a, CustomKeyStoreId, 'CONNECTED');
    };
    await connect();
    const { KeyMetadata } = await b.send(new kms.CreateKeyCommand({ Origin: 'AWS_CLOUDHSM', CustomKeyStoreId }));
    const KeyId = KeyMetadata?.KeyId ?? '';
    const { CiphertextBlob } = await a.send(new kms.EncryptCommand({ KeyId, Plaintext }));
    for (let round = 0; round < 3; round += 1) {
      const decrypt = () => b.send(new kms.DecryptCommand({ CiphertextBlob }));
      expect(Buffer.from((await decrypt()).Plaintext ?? []).toString()).toBe('a secret');
      await a.send(new kms.DisconnectCustomKeyStoreCommand({ CustomKeyStoreId }));
      // Not a moment later: the answer waited for every node.
      await expect(decrypt()).rejects.toMatchObject({
        name: 'KMSInvalidStateException',
        message: `${KeyMetadata?.Arn} is unavailable.`,
      });
      await becomes(b, CustomKeyStoreId, 'DISCONNECTED');
      await connect();
    }
  });
});
