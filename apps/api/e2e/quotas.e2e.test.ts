import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateKeyCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  KMSClient,
  ReplicateKeyCommand,
} from '@aws-sdk/client-kms';
import { type Keywarden, answered, harnessAccount, keywarden, startKeywarden } from '@keywarden/harness';
import { type RunningRedis, type TestDatabase, createTestDatabase, startThrowawayRedis } from '@keywarden/services';

/** Two API nodes with the quotas of AWS, on one database and one Redis. */
let database: TestDatabase;
let redis: RunningRedis;
let folder: string;
let environment: Record<string, string>;
let running: readonly [Keywarden, Keywarden];
let nodes: readonly [KMSClient, KMSClient];
let keyId: string;

const region = 'eu-central-1';
const clientOf = ({ endpoint, credentials }: Keywarden, maxAttempts = 1): KMSClient =>
  new KMSClient({ endpoint, region, credentials, maxAttempts });

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), startThrowawayRedis()]);
  folder = await mkdtemp(join(tmpdir(), 'keywarden-quotas-'));
  environment = { DATABASE_URL: database.url, KEYWARDEN_ROOT_KEY_FILE: join(folder, 'root-key') };
  const start = (name: string) =>
    startKeywarden({
      app: 'api',
      dataDir: join(folder, name),
      environment: {
        ...environment,
        REDIS_URL: redis.url,
        KEYWARDEN_REQUEST_QUOTAS: 'aws',
        KEYWARDEN_REGIONS: 'eu-central-1,eu-west-1',
      },
    });
  environment = { ...environment, KEYWARDEN_DATA_DIR: join(folder, 'cli') };
  running = [await start('a'), await start('b')];
  nodes = [clientOf(running[0]), clientOf(running[1])];
  const { KeyMetadata } = await nodes[0].send(new CreateKeyCommand({}));
  keyId = KeyMetadata?.KeyId ?? '';
}, 120_000);

afterAll(async () => {
  for (const client of nodes ?? []) client.destroy();
  await Promise.all((running ?? []).map((node) => node.stop()));
  await redis?.stop();
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
}, 120_000);

const quotas = (verb: string, ...words: string[]): string[] => [
  ...['quotas', verb, '--account', harnessAccount.account, '--region', region],
  ...words,
];
const setQuota = (quota: string, value: number) =>
  answered(quotas('set', '--quota', quota, '--value', String(value)), environment);

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await holds()) return;
    await delay(50);
  }
  throw new Error(`it did not come to be: ${what}`);
}

const isThrottled = (call: Promise<unknown>): Promise<boolean> =>
  call.then(
    () => false,
    (error: Error) => {
      if (error.name === 'ThrottlingException') return true;
      throw error;
    },
  );

it('throttles over both nodes together, in the words of AWS', async () => {
  await delay(1_100);
  const refusals: Record<string, unknown>[] = [];
  const create = async (_: unknown, index: number) => {
    const call = nodes[index % 2]?.send(new CreateKeyCommand({}));
    await call?.catch((error: Record<string, unknown>) => refusals.push(error));
  };
  await Promise.all(Array.from({ length: 40 }, create));
  // Five at once, and few more than that come back meanwhile.
  expect(refusals.length).toBeGreaterThan(0);
  expect(refusals.length).toBeLessThanOrEqual(35);
  for (const refusal of refusals) {
    expect(refusal).toMatchObject({
      name: 'ThrottlingException',
      message: 'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
      $metadata: { httpStatusCode: 400 },
    });
    expect(JSON.stringify(refusal)).not.toMatch(/retry-after/i);
  }
});

it('lets the SDK recover by its own retries', async () => {
  const patient = clientOf(running[1], 12);
  const created = await Promise.all(Array.from({ length: 12 }, () => patient.send(new CreateKeyCommand({}))));
  patient.destroy();
  expect(Math.max(...created.map(({ $metadata }) => $metadata.attempts ?? 1))).toBeGreaterThan(1);
});

it('holds two nodes to one quota, whichever is asked', async () => {
  const perSecond = 40;
  await setQuota('GetKeyRotationStatus', perSecond);
  const call = (node: KMSClient) => isThrottled(node.send(new GetKeyRotationStatusCommand({ KeyId: keyId })));
  await until('the quota holds on both nodes', async () => {
    const throttled = await Promise.all(nodes.flatMap((node) => Array.from({ length: perSecond }, () => call(node))));
    return throttled.slice(0, perSecond).includes(true) && throttled.slice(perSecond).includes(true);
  });
  await delay(1_500);
  const started = performance.now();
  let admitted = 0;
  const asking = nodes
    .flatMap((node) => [node, node, node])
    .map(async (node) => {
      while (performance.now() - started < 3_000) if (!(await call(node))) admitted += 1;
    });
  await Promise.all(asking);
  const allowed = perSecond + ((performance.now() - started) / 1_000) * perSecond;
  expect(admitted).toBeLessThanOrEqual(Math.ceil(allowed));
  expect(admitted).toBeGreaterThan(allowed * 0.5);
  expect(await answered(quotas('reset', '--quota', 'GetKeyRotationStatus'), environment)).toMatchObject({
    value: 1_000,
    changed: true,
  });
  await until('the default holds again', async () => {
    const throttled = await Promise.all(Array.from({ length: 60 }, () => call(nodes[0])));
    return !throttled.includes(true);
  });
});

it('counts the replica in its Region, where two keys are created for it', async () => {
  await delay(1_500);
  const multiRegion = [];
  for (let index = 0; index < 3; index += 1) {
    const { KeyMetadata } = await nodes[0].send(new CreateKeyCommand({ MultiRegion: true }));
    multiRegion.push(KeyMetadata?.KeyId ?? '');
  }
  await delay(1_500);
  const throttled = await Promise.all(
    multiRegion.map((id) =>
      isThrottled(nodes[1].send(new ReplicateKeyCommand({ KeyId: id, ReplicaRegion: 'eu-west-1' }))),
    ),
  );
  // Five keys a second may be created there: two replicas are four of them.
  expect(throttled.filter((is) => is)).toHaveLength(1);
});

it('holds all nodes to the number of keys an operator allows, and says what there is', async () => {
  await setQuota('CreateKey', 100);
  await setQuota('keys', 1);
  const message = /^Key quota for this account in this region is 1 but the current usage is \d+\.$/;
  for (const node of nodes) {
    await until('the quota holds', async () => {
      const refused = await node.send(new CreateKeyCommand({})).then(
        () => undefined,
        (error: Error) => error,
      );
      if (refused?.name === 'ThrottlingException') return false;
      if (refused === undefined) return false;
      expect(refused).toMatchObject({ name: 'LimitExceededException', message: expect.stringMatching(message) });
      return true;
    });
  }
  await answered(quotas('reset', '--quota', 'keys'), environment);
});

it('shows what is set, and refuses what cannot be', async () => {
  const { quotas: set } = await answered<{ quotas: object[] }>(quotas('list', '--set'), environment);
  expect(set).toEqual([
    { quota: 'CreateKey', unit: 'per second', value: 100, default: 5, set: true, adjustable: true },
  ]);
  const refused = await keywarden(quotas('set', '--quota', 'tags-per-key', '--value', '60'), environment);
  expect(refused).toEqual({ code: 1, out: '', err: 'keywarden: tags-per-key cannot be changed\n' });
});

it('goes on by shares while Redis is gone, says so, and shares again when it is back', async () => {
  await redis.stop();
  await until('both nodes say that they are alone', () =>
    running.every((node) => node.output().includes('Redis does not answer')),
  );
  for (const node of nodes) {
    await node.send(new DescribeKeyCommand({ KeyId: keyId }));
    await node.send(new EncryptCommand({ KeyId: keyId, Plaintext: Buffer.from('still here') }));
    // Half of 1,000 a second for each.
    await Promise.all(
      Array.from({ length: 50 }, () => node.send(new GetKeyPolicyCommand({ KeyId: keyId, PolicyName: 'default' }))),
    );
  }
  redis = await startThrowawayRedis({ port: redis.port });
  await until('both nodes say that they share again', () =>
    running.every((node) => node.output().includes('request quotas are shared by all nodes again')),
  );
  await nodes[0].send(new DescribeKeyCommand({ KeyId: keyId }));
});
