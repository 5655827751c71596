import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as kms from '@aws-sdk/client-kms';
import { type Keywarden, type KeywardenApp, scrapeOf, startKeywarden } from '@keywarden/harness';
import { SoftHsm } from '@keywarden/pkcs11/testing';
import { type TestDatabase, createTestDatabase } from '@keywarden/services';
import { FakeProxy, aCertificate, proxyCredential } from '@keywarden/xks-client/testing';

jest.setTimeout(120_000);

const [clusterId, password, anchor] = ['cluster-aaaaaaaaaaa', 'kmsuser password', 'anchor of the test'];

const proxyHost = 'xks.example.test';
const endpointService = 'com.amazonaws.vpce.us-east-1.vpce-svc-0a1b2c';

/** Two API nodes and two schedulers on one database, all with the module of one token and a way to one XKS proxy. */
let database: TestDatabase;
let hsm: SoftHsm;
let proxy: FakeProxy;
let folder: string;
let nodes: readonly [kms.KMSClient, kms.KMSClient];
let schedulers: readonly [Keywarden, Keywarden];
const processes: Keywarden[] = [];

async function start(app: KeywardenApp, name: string): Promise<Keywarden> {
  const started = await startKeywarden({
    app,
    dataDir: join(folder, name),
    environment: {
      DATABASE_URL: database.url,
      KEYWARDEN_ROOT_KEY_FILE: join(folder, 'root-key'),
      KEYWARDEN_KEY_STORES_FILE: join(folder, 'key-stores.json'),
      SOFTHSM2_CONF: hsm.configuration,
      ...(app === 'scheduler' && { KEYWARDEN_METRICS_PORT: '0' }),
    },
  });
  processes.push(started);
  return started;
}

async function startNode(name: string): Promise<kms.KMSClient> {
  const { endpoint, region, credentials } = await start('api', name);
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
  const certificate = aCertificate(proxyHost);
  const caFile = join(folder, 'authority.pem');
  writeFileSync(caFile, certificate.cert);
  proxy = await FakeProxy.start('us-east-1', proxyHost, certificate);
  writeFileSync(
    join(folder, 'key-stores.json'),
    JSON.stringify({
      clusters: { [clusterId]: cluster },
      vpcEndpointServices: {
        [endpointService]: { privateDnsName: proxyHost, address: '127.0.0.1', port: proxy.port },
      },
      xks: { caFile, timeoutMs: 5_000, healthCheckSeconds: 1 },
    }),
  );
  nodes = [await startNode('a'), await startNode('b')];
  schedulers = await Promise.all([start('scheduler', 'c'), start('scheduler', 'd')]);
}, 120_000);

afterAll(async () => {
  for (const client of nodes ?? []) client.destroy();
  await Promise.all(processes.map((process) => process.stop()));
  await proxy?.close();
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

describe('an XKS proxy', () => {
  const healthChecks = (): number =>
    proxy.seen.filter(({ input }) => input.requestMetadata?.['kmsOperation'] === 'KmsHealthCheck').length;
  /** At a scheduler, whichever of them looked. */
  const shows = async (scheduler: Keywarden, condition: string): Promise<boolean> =>
    (await scrapeOf(scheduler)).value('keywarden_xks_proxies', { condition }) === 1;
  const eventually = async (what: string, holds: () => Promise<boolean> | boolean): Promise<void> => {
    for (const end = Date.now() + 60_000; Date.now() < end;) {
      if (await holds()) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`not in time: ${what}`);
  };

  it('is asked how it is by one scheduler at a time, and all show what it said', async () => {
    const [a] = nodes;
    const { CustomKeyStoreId = '' } = await a.send(
      new kms.CreateCustomKeyStoreCommand({
        CustomKeyStoreName: 'proxy',
        CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
        XksProxyUriEndpoint: `https://${proxyHost}`,
        XksProxyUriPath: '/kms/xks/v1',
        XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
        XksProxyVpcEndpointServiceName: endpointService,
        XksProxyAuthenticationCredential: {
          AccessKeyId: proxyCredential.accessKeyId,
          RawSecretAccessKey: proxyCredential.secret,
        },
      }),
    );
    await a.send(new kms.ConnectCustomKeyStoreCommand({ CustomKeyStoreId }));
    await becomes(a, CustomKeyStoreId, 'CONNECTED');
    const since = Date.now();
    await eventually('asked five times', () => healthChecks() >= 5);
    // Each look is at least 0.9 s after the one before was over, however many schedulers there are.
    expect(healthChecks()).toBeLessThanOrEqual((Date.now() - since) / 900 + 2);
    for (const scheduler of schedulers) await eventually('it is shown as well', () => shows(scheduler, 'healthy'));
    const scraped = await scrapeOf(schedulers[0]);
    const store = { custom_key_store_id: CustomKeyStoreId };
    expect(scraped.value('keywarden_xks_key_managers', { ...store, state: 'active' })).toBe(1);
    expect(scraped.value('keywarden_xks_proxy_certificate_days', store)).toBeGreaterThan(1);
    expect(scraped.value('keywarden_xks_proxies_unchecked', {})).toBe(0);

    for (const [health, condition] of [
      ['DEGRADED', 'degraded'],
      ['UNAVAILABLE', 'unavailable'],
    ] as const) {
      proxy.health = health;
      for (const scheduler of schedulers) await eventually(condition, () => shows(scheduler, condition));
    }
    await schedulers[0].kill();
    proxy.misbehaviour = { kind: 'error', name: 'InternalException' };
    await eventually('it fails', () => shows(schedulers[1], 'failing'));
    expect(schedulers[1].output()).toContain('"failure":"InternalException"');
    // A look changes no connection: whether a call succeeds is decided by the call.
    await becomes(a, CustomKeyStoreId, 'CONNECTED');
    [proxy.misbehaviour, proxy.health] = [undefined, 'ACTIVE'];
    await eventually('it is well again', () => shows(schedulers[1], 'healthy'));
    expect(schedulers[1].output()).toContain('an XKS proxy is well again');

    await a.send(new kms.DisconnectCustomKeyStoreCommand({ CustomKeyStoreId }));
    await eventually(
      'a store that is not connected is not shown',
      async () => !(await shows(schedulers[1], 'healthy')),
    );
  });
});
