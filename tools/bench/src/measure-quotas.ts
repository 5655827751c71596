import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Keywarden, answered, harnessAccount } from '@keywarden/harness';
import { type AccountId, type Region, parseAccountId } from '@keywarden/kernel';
import { LocalLimiter, QuotaValues, RequestQuotas, quotaOverride } from '@keywarden/quotas';
import { RedisConnection, SharedLimiter } from '@keywarden/redis';
import { type RunningService, startThrowawayPostgres, startThrowawayRedis } from '@keywarden/services';
import { Load } from './load';
import { startServiceUnderTest } from './service-under-test';
import { newKey, signedRequest } from './signed-requests';
import { figure, markdownTable, median } from './statistics';

const connections = 16;
/** Long enough for the second of requests that a full bucket holds to be gone. */
const warmMs = 3_000;
const rates = [250, 1_000];

/** Two API nodes on one Redis, held to one quota. @returns a table of what was admitted of what was allowed */
export async function measureQuotas(seconds: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'keywarden-quotas-'));
  const postgres = await startThrowawayPostgres();
  const redis = await startThrowawayRedis();
  const nodes: Keywarden[] = [];
  const loads = [new Load(), new Load()];
  const settings = { DATABASE_URL: postgres.url, KEYWARDEN_ROOT_KEY_FILE: join(folder, 'root-key') };
  try {
    for (const name of ['a', 'b']) {
      const environment = { ...settings, REDIS_URL: redis.url, KEYWARDEN_REQUEST_QUOTAS: 'aws' };
      nodes.push(await startServiceUnderTest({ app: 'api', dataDir: join(folder, name), environment }));
    }
    const [one, other] = nodes as [Keywarden, Keywarden];
    const input = { KeyId: await newKey(one), Plaintext: 'a2V5d2FyZGVu' };
    const place = ['--account', harnessAccount.account, '--region', one.region, '--quota', 'crypto-symmetric'];
    const rows: string[][] = [];
    const measure = async (what: string, perSecond: number, callers: readonly [number, number]): Promise<void> => {
      const counts = await Promise.all(
        [one, other].map(async (node, index) => {
          const requests = Array.from({ length: callers[index] ?? 0 }, () => signedRequest(node, 'Encrypt', input));
          if (requests.length === 0) return { admitted: 0, refused: 0, seconds };
          const order = { port: Number(new URL(node.endpoint).port), requests, warmMs, measureMs: seconds * 1_000 };
          const report = await loads[index]?.run(order);
          if (report === undefined) throw new Error('there is no load generator');
          const throttled = report.refused.filter(([answer]) => answer.includes('ThrottlingException'));
          if (throttled.length < report.refused.length) throw new Error(JSON.stringify(report.refused));
          const refused = throttled.reduce((sum, [, times]) => sum + times, 0);
          return { admitted: report.answers, refused, seconds: report.seconds };
        }),
      );
      const admitted = counts.reduce((sum, count) => sum + count.admitted, 0);
      const asked = admitted + counts.reduce((sum, count) => sum + count.refused, 0);
      const allowed = perSecond * Math.max(...counts.map((count) => count.seconds));
      rows.push([
        what,
        figure(perSecond),
        figure(asked / seconds),
        figure(admitted / seconds),
        figure(admitted / allowed),
      ]);
    };
    for (const perSecond of rates) {
      await answered(['quotas', 'set', ...place, '--value', String(perSecond)], {
        ...settings,
        KEYWARDEN_DATA_DIR: join(folder, 'cli'),
      });
      await measure('both nodes busy', perSecond, [connections, connections]);
      await measure('one busy, one nearly idle', perSecond, [connections, 1]);
      await measure('one busy, one without requests', perSecond, [connections, 0]);
    }
    await redis.stop();
    await measure('Redis gone: each its half', rates[1] ?? 0, [connections, connections]);
    return markdownTable(['two nodes', 'allowed/s', 'asked/s', 'admitted/s', 'admitted ÷ allowed'], rows);
  } finally {
    for (const load of loads) load.close();
    for (const node of nodes) await node.stop();
    await redis.stop();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const takes = 200_000;
const rounds = 7;
const fastest = 10_000_000;

/** What counting costs a request whose tokens the node holds. @returns a table */
export async function measureCounting(): Promise<string> {
  const redis = await startThrowawayRedis();
  try {
    const shared = await microsShared(redis);
    const own = microsOf(new LocalLimiter(() => performance.now()));
    const row = (what: string, micros: number): string[] => [what, figure(micros)];
    return markdownTable(
      ['counting one request', 'µs'],
      [row('shared by Redis, from a lease', shared), row('one node', await own)],
    );
  } finally {
    await redis.stop();
  }
}

async function microsShared({ url }: RunningService): Promise<number> {
  const connection = new RedisConnection({ url });
  await connection.settled(5_000);
  const shared = new SharedLimiter(connection);
  try {
    const micros = await microsOf(shared.limiter);
    const { alone, decidedAlone } = shared.counts;
    if (alone || decidedAlone > 0) throw new Error('Redis did not answer in time: this is not the path to be measured');
    return micros;
  } finally {
    await shared.close();
    connection.close();
  }
}

/** The whole admission of an operation of its own bucket, in turns with the event loop, so that leases come in. */
async function microsOf(limiter: ConstructorParameters<typeof RequestQuotas>[0]): Promise<number> {
  const region = 'us-east-1' as Region;
  const tenancy = { account: parseAccountId(harnessAccount.account) as AccountId, region };
  const values = new QuotaValues();
  const override = quotaOverride(tenancy, 'crypto-symmetric', fastest);
  if (!override.ok) throw new Error(override.refusal.code);
  values.replace([override.value]);
  const quotas = new RequestQuotas(limiter, values, new Set([region]));
  const measured: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    let spent = 0;
    let counted = 0;
    while (counted < takes) {
      const began = performance.now();
      const waiting: Promise<boolean>[] = [];
      for (let index = 0; index < 100; index += 1) {
        const admitted = quotas.open(tenancy, 'GenerateRandom').start();
        if (admitted === true) counted += 1;
        else if (admitted !== false) waiting.push(admitted);
      }
      if (waiting.length === 0) spent += performance.now() - began;
      else counted -= 100 - waiting.length;
      await Promise.all(waiting);
      await new Promise((resolve) => setImmediate(resolve));
    }
    measured.push((spent * 1_000) / takes);
  }
  return median(measured);
}
