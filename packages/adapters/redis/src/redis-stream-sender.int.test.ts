import { type RedisStreamDestination, parseDestinationName } from '@keywarden/event-delivery';
import type { RecordedEvent } from '@keywarden/events';
import { instant } from '@keywarden/kernel';
import { aKmsKey } from '@keywarden/keys/testing';
import { type RunningRedis, startThrowawayRedis } from '@keywarden/services';
import { RedisConnection } from './redis-connection';
import { RedisStreamSender } from './redis-stream-sender';

let server: RunningRedis;
let redis: RedisConnection;
beforeAll(async () => {
  server = await startThrowawayRedis();
  redis = new RedisConnection({ url: server.url });
  await redis.settled(5_000);
});
afterAll(async () => {
  redis.close();
  await server.stop();
});

const destination: RedisStreamDestination = {
  kind: 'redis-stream',
  name: parseDestinationName('redis')!,
  stream: 'keywarden:events',
  maxLength: 1_000,
  createdAt: instant(0),
};
const { account, region, id } = aKmsKey();
const event = (sequence: number): RecordedEvent => ({
  id: `00000000-0000-4000-8000-${String(sequence).padStart(12, '0')}`,
  sequence,
  key: { account, region, id },
  at: instant(0),
  type: 'KeyRotated',
  details: {},
});
const entries = () => redis.run((client) => client.xrange(destination.stream, '-', '+'));

it('appends events in order, as CloudEvents', async () => {
  const sender = new RedisStreamSender(redis);
  for (const sequence of [1, 2]) {
    expect(await sender.send(destination, [event(sequence)])).toEqual({ delivered: true });
  }
  const fields = (await entries()).map(([, entry]) => entry);
  expect(fields.map((entry) => entry[1])).toEqual([event(1).id, event(2).id]);
  expect(fields[0]!.filter((_, index) => index % 2 === 0)).toEqual(['id', 'type', 'subject', 'event']);
  expect(JSON.parse(fields[0]![7]!)).toMatchObject({ specversion: '1.0', data: { 'detail-type': 'KMS CMK Rotation' } });
});

it('appends many events at once, in order', async () => {
  const before = (await entries()).length;
  expect(await new RedisStreamSender(redis).send(destination, [event(3), event(4), event(5)])).toEqual({
    delivered: true,
  });
  const ids = (await entries()).slice(before).map(([, entry]) => entry[1]);
  expect(ids).toEqual([3, 4, 5].map((sequence) => event(sequence).id));
});

it('keeps the stream bounded', async () => {
  const sender = new RedisStreamSender(redis);
  for (let sequence = 0; sequence < 1_500; sequence += 1) await sender.send(destination, [event(sequence)]);
  expect((await entries()).length).toBeLessThan(1_200);
});

it('fails when Redis refuses or is gone, and says no more than that', async () => {
  await redis.run((client) => client.set('taken', 'x'));
  const sender = new RedisStreamSender(redis);
  expect(await sender.send({ ...destination, stream: 'taken' }, [event(1)])).toEqual({
    delivered: false,
    failure: 'RefusedByRedis',
  });
  const gone = new RedisConnection({ url: 'redis://127.0.0.1:1', onFault: () => undefined });
  expect(await new RedisStreamSender(gone).send(destination, [event(1)])).toEqual({
    delivered: false,
    failure: 'RedisUnavailable',
  });
  gone.close();
});
