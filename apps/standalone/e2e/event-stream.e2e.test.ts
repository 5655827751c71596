import { setTimeout as delay } from 'node:timers/promises';
import { CreateKeyCommand, DisableKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { type Keywarden, startKeywarden } from '@keywarden/harness';
import { RedisConnection } from '@keywarden/redis';
import { type RunningRedis, startThrowawayRedis } from '@keywarden/services';

let server: RunningRedis;
let redis: RedisConnection;
let service: Keywarden;

beforeAll(async () => {
  server = await startThrowawayRedis();
  redis = new RedisConnection({ url: server.url, commandTimeoutMs: 10_000, onFault: () => undefined });
  await redis.settled(10_000);
  const environment = { REDIS_URL: server.url, KEYWARDEN_SCHEDULER_INTERVAL_MS: '200' };
  service = await startKeywarden({ environment });
});

afterAll(async () => {
  redis?.close();
  expect(await service?.stop()).toBe(0);
  await server?.stop();
});

it('with Redis configured, what happens to a key is appended to the stream keywarden:events, in order', async () => {
  const { endpoint, region, credentials } = service;
  const kms = new KMSClient({ endpoint, region, credentials });
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  await kms.send(new DisableKeyCommand({ KeyId: KeyMetadata?.KeyId }));
  kms.destroy();
  const ofKey = async (): Promise<readonly string[]> => {
    const entries = await redis.run((client) => client.xrange('keywarden:events', '-', '+'));
    const told = entries.map(([, fields]) => JSON.parse(fields[7] ?? '{}') as { subject: string; type: string });
    return told.filter(({ subject }) => subject === KeyMetadata?.Arn).map(({ type }) => type);
  };
  const end = Date.now() + 60_000;
  while ((await ofKey()).length < 2 && Date.now() < end) await delay(100);
  expect(await ofKey()).toEqual(['keywarden.kms.KeyCreated', 'keywarden.kms.KeyDisabled']);
});
