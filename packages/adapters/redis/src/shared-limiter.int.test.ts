import type { Rate } from '@keywarden/quotas';
import { requestLimiterContract } from '@keywarden/quotas/testing';
import { largestLease } from './leased-bucket';
import type { RedisConnection } from './redis-connection';
import { RedisTokens } from './redis-tokens';
import { SharedLimiter, type SharedLimiterOptions } from './shared-limiter';
import { aClusterOfOne, aConnection, aServer, endAll, ending, until } from './testing/real-redis';

afterEach(endAll);

async function connected(url: string, cluster = false): Promise<RedisConnection> {
  const connection = aConnection({ url, cluster, commandTimeoutMs: 300 });
  expect(await connection.settled(10_000)).toBe(true);
  return connection;
}

async function aLimiter(url: string, options: SharedLimiterOptions & { readonly cluster?: boolean } = {}) {
  const { cluster, ...others } = options;
  const shared = new SharedLimiter(await connected(url, cluster), { beatMs: 100, waitMs: 5_000, ...others });
  ending.push(() => shared.close());
  return shared;
}

requestLimiterContract(async () => {
  const { url } = await aServer();
  return { limiter: (await aLimiter(url)).limiter, close: endAll };
});

it('keeps buckets in a cluster', async () => {
  const url = await aClusterOfOne();
  const { limiter, counts } = await aLimiter(url, { cluster: true });
  const slow = { perSecond: 0.001, burst: 3 };
  for (const bucket of ['a', 'b']) {
    const admitted = [];
    for (let i = 0; i < 4; i += 1) admitted.push(await limiter.take(bucket, slow, 1));
    expect(admitted).toEqual([true, true, true, false]);
  }
  expect(counts).toMatchObject({ alone: false, failed: 0 });
});

describe('buckets in Redis', () => {
  const rate = { perSecond: 100, burst: 50 };

  it('give what there is, and say when there is more', async () => {
    const redis = await connected((await aServer()).url);
    const tokens = new RedisTokens(redis);
    expect(await tokens.take('a', rate, 30)).toEqual({ granted: 30, waitMs: 0 });
    const { granted, waitMs } = await tokens.take('a', { perSecond: 0.01, burst: 50 }, 60);
    // By then a slower bucket holds no more than before, and the next token takes its 100 seconds.
    expect(granted).toBeLessThanOrEqual(50);
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThanOrEqual(100_000);
  });

  it('are no more once they are full again', async () => {
    const redis = await connected((await aServer()).url);
    await new RedisTokens(redis).take('111122223333/eu-west-1/CreateKey', rate, 5);
    const key = 'keywarden:quota:{111122223333/eu-west-1/CreateKey}';
    const lifeMs = await redis.run((client) => client.pttl(key));
    expect(lifeMs).toBeGreaterThan(0);
    expect(lifeMs).toBeLessThanOrEqual(50);
    await until(async () => (await redis.run((client) => client.exists(key))) === 0);
  });

  it('go by the clock of Redis, and are at worst empty when that went backwards', async () => {
    const redis = await connected((await aServer()).url);
    const tokens = new RedisTokens(redis);
    const inAnHour = String((Date.now() + 3_600_000) * 1_000);
    await redis.run((client) => client.set('keywarden:quota:{a}', inAnHour));
    const slow = { perSecond: 10, burst: 5 };
    const first = await tokens.take('a', slow, 1);
    expect(first.granted).toBe(0);
    expect(first.waitMs).toBeLessThanOrEqual(100.01);
    await until(async () => (await tokens.take('a', slow, 1)).granted === 1);
  });

  it('outlive a script cache that was emptied', async () => {
    const redis = await connected((await aServer()).url);
    const tokens = new RedisTokens(redis);
    const slow = { perSecond: 0.001, burst: 2 };
    await tokens.take('a', slow, 1);
    await redis.run((client) => client.script('FLUSH'));
    expect(await tokens.take('a', slow, 1)).toMatchObject({ granted: 1 });
    expect(await tokens.take('a', slow, 1)).toMatchObject({ granted: 0 });
  });
});

describe('what somebody else has put in the place of ours', () => {
  const slow = { perSecond: 0.001, burst: 3 };
  const key = 'keywarden:quota:{a}';

  it.each<readonly [what: string, command: readonly [string, ...string[]]]>([
    ['a text', ['SET', key, 'abc']],
    ['nothing in it', ['SET', key, '']],
    ['no number', ['SET', key, 'nan']],
    ['no end', ['SET', key, 'inf']],
    ['a list', ['RPUSH', key, '1', '2']],
    ['a hash', ['HSET', key, 'one', '1']],
    ['a stream', ['XADD', key, '*', 'one', '1']],
  ])('is an empty bucket from then on: %s', async (_what, [name, ...rest]) => {
    const redis = await connected((await aServer()).url);
    await redis.run((client) => client.call(name, ...rest));
    const tokens = new RedisTokens(redis);
    expect(await tokens.take('a', slow, 3)).toMatchObject({ granted: 0 });
    expect(await redis.run((client) => client.type(key))).toBe('string');
    const fast = { perSecond: 1_000_000, burst: 3 };
    await until(async () => (await tokens.take('a', fast, 3)).granted === 3);
    expect(redis.live).toBe(true);
  });

  it('keeps no node from being counted, and counts as none', async () => {
    const { url } = await aServer();
    const redis = await connected(url);
    await redis.run((client) => client.set('keywarden:{nodes}', 'abc'));
    const { counts } = await aLimiter(url);
    await until(async () => (await redis.run((client) => client.type('keywarden:{nodes}'))) === 'zset');
    expect(counts).toMatchObject({ nodes: 1, alone: false });
    await redis.run((client) => client.zadd('keywarden:{nodes}', '99999999999999', 'for ever'));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await redis.run((client) => client.zscore('keywarden:{nodes}', 'for ever'))).toBeNull();
    expect(counts.alone).toBe(false);
  });
});

/** Hammers limiters for a while, each as fast as its turn comes. @returns admitted, and the seconds it took */
async function hammer(limiters: readonly SharedLimiter[], rate: Rate, forMs: number) {
  const started = performance.now();
  const end = started + forMs;
  const callers = limiters.flatMap((shared) => Array.from({ length: 4 }, () => shared.limiter));
  const counts = await Promise.all(
    callers.map(async (limiter) => {
      let admitted = 0;
      while (performance.now() < end) {
        for (let i = 0; i < 20; i += 1) if (await limiter.take('hot', rate, 1)) admitted += 1;
        await new Promise((resolve) => setImmediate(resolve));
      }
      return admitted;
    }),
  );
  return { admitted: counts.reduce((sum, count) => sum + count, 0), seconds: (performance.now() - started) / 1_000 };
}

it.each([
  [1, 1_000],
  [3, 2_000],
])('admits burst and rate over %i limiters at %i a second, and hardly less', async (nodes, perSecond) => {
  const { url } = await aServer();
  const limiters = await Promise.all(Array.from({ length: nodes }, () => aLimiter(url)));
  const rate = { perSecond, burst: perSecond / 4 };
  const { admitted, seconds } = await hammer(limiters, rate, 1_500);
  const allowed = rate.burst + perSecond * seconds;
  // From full buckets on no lease was taken before: the bound is exact.
  expect(admitted).toBeLessThanOrEqual(allowed);
  expect(admitted).toBeGreaterThan(allowed * 0.7);
  expect(limiters.every(({ counts }) => !counts.alone && counts.decidedAlone === 0)).toBe(true);
  // A lease holds a twentieth of a second at most: far fewer questions than requests.
  const asked = limiters.reduce((sum, { counts }) => sum + counts.asked, 0);
  expect(asked).toBeLessThan(admitted);
  expect(largestLease(rate)).toBe(perSecond / 20);
});

describe('nodes', () => {
  it('count one another, also after some have gone', async () => {
    const { url } = await aServer();
    const one = await aLimiter(url);
    const other = await aLimiter(url);
    await until(() => one.counts.nodes === 2 && other.counts.nodes === 2);
    await other.close();
    await until(() => one.counts.nodes === 1);
  });

  it('take their share each while Redis is gone, and share again when it is back', async () => {
    const server = await aServer();
    const told: boolean[] = [];
    const one = await aLimiter(server.url, { onChange: (alone) => void told.push(alone) });
    const other = await aLimiter(server.url);
    await until(() => one.counts.nodes === 2 && other.counts.nodes === 2);
    process.kill(server.pid, 'SIGKILL');
    await until(() => one.counts.alone && other.counts.alone);
    const slow = { perSecond: 0.001, burst: 10 };
    for (const { limiter } of [one, other]) {
      const admitted = Array.from({ length: 20 }, () => limiter.take('a', slow, 1));
      expect(admitted.filter((one) => one === true)).toHaveLength(5);
    }
    await aServer({ port: server.port });
    await until(() => !one.counts.alone && !other.counts.alone);
    expect(await one.limiter.take('b', slow, 10)).toBe(true);
    expect(await other.limiter.take('b', slow, 1)).toBe(false);
    expect(told).toEqual([true, false]);
  });

  it('do not hang with a Redis that hangs', async () => {
    const server = await aServer();
    const shared = await aLimiter(server.url, { waitMs: 100 });
    const other = await aLimiter(server.url);
    await until(() => shared.counts.nodes === 2);
    await other.close();
    process.kill(server.pid, 'SIGSTOP');
    const started = performance.now();
    const slow = { perSecond: 0.001, burst: 10 };
    const admitted = await Promise.all(Array.from({ length: 20 }, () => shared.limiter.take('a', slow, 1)));
    // The connection gives a command up after 300 ms, callers do not wait even that long.
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(admitted.filter(Boolean)).toHaveLength(5);
    await until(() => shared.counts.alone);
    process.kill(server.pid, 'SIGCONT');
    await until(() => !shared.counts.alone);
  });

  it('start without Redis, by the number of nodes they are told', async () => {
    const server = await aServer();
    await server.stop();
    const connection = aConnection({ url: server.url });
    const shared = new SharedLimiter(connection, { beatMs: 100, assumedNodes: 5 });
    ending.push(() => shared.close());
    await until(() => shared.counts.alone);
    expect(shared.counts.nodes).toBe(5);
    const slow = { perSecond: 0.001, burst: 10 };
    const admitted = Array.from({ length: 5 }, () => shared.limiter.take('a', slow, 1));
    expect(admitted).toEqual([true, true, false, false, false]);
  });
});
