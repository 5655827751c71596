import { setTimeout as delay } from 'node:timers/promises';
import { Cluster, type Member } from './testing/cluster';
import { DueKeys } from './testing/due-keys';
import { FaultLoad } from './testing/load';
import { ToldEvents } from './testing/told-events';

/** Times each fault is caused; 10 makes a run of about six minutes. */
const rounds = Number(process.env['KEYWARDEN_FAULT_ROUNDS'] ?? 1);
const leaseMs = 2_000;

let cluster: Cluster;
const table: Record<string, string | number>[] = [];

beforeAll(async () => {
  cluster = await Cluster.start();
}, 120_000);

afterAll(async () => {
  const codes = await cluster?.stop();
  console.log(['what was done, under load', ...table.map((row) => JSON.stringify(row))].join('\n'));
  expect(codes).toEqual([0, 0, 0, 0]);
}, 60_000);

const node = (index: number): Member => cluster.nodes[index % 2]!;
const scheduler = (index: number): Member => cluster.schedulers[index % 2]!;

/** What is done to the installation in one round; each leaves it whole. */
const faults: readonly (readonly [string, (round: number) => Promise<void>])[] = [
  ['nothing', () => delay(1_500)],
  [
    'an API node killed (SIGKILL) and started anew',
    async (round) => {
      await cluster.replace(node(round));
      await delay(500);
    },
  ],
  [
    'an API node stopped (SIGSTOP) for longer than its lease',
    async (round) => {
      cluster.pause(node(round));
      await delay(leaseMs + 1_000);
      cluster.resume(node(round));
      await delay(500);
    },
  ],
  [
    'an API node stopped for less than its lease, three times',
    async (round) => {
      for (let turn = 0; turn < 3; turn += 1) {
        cluster.pause(node(round));
        await delay(400);
        cluster.resume(node(round));
        await delay(200);
      }
    },
  ],
  [
    'the connections of an API node to Postgres reset',
    async (round) => {
      node(round).proxy.cut();
      await delay(1_000);
    },
  ],
  [
    'an API node cut off from Postgres in silence',
    async (round) => {
      node(round).proxy.fallSilent();
      await delay(leaseMs + 1_000);
      node(round).proxy.restore();
      await delay(500);
    },
  ],
  [
    'a scheduler killed, the other stopped and resumed',
    async (round) => {
      cluster.pause(scheduler(round));
      await cluster.replace(scheduler(round + 1));
      cluster.resume(scheduler(round));
      await delay(300);
    },
  ],
  [
    'Redis stopped for three seconds',
    async () => {
      process.kill(cluster.redis.pid, 'SIGSTOP');
      await delay(3_000);
      process.kill(cluster.redis.pid, 'SIGCONT');
      await delay(500);
    },
  ],
  [
    'Postgres restarted',
    async () => {
      await cluster.restartPostgres('restart');
      await delay(1_500);
    },
  ],
  [
    'Postgres crashed and recovered',
    async () => {
      await cluster.restartPostgres('crash');
      await delay(1_500);
    },
  ],
];

it.each(faults)(
  'loses nothing and honours no revoked key: %s',
  async (what, cause) => {
    const load = new FaultLoad(cluster);
    const due = new DueKeys(cluster);
    const told = new ToldEvents(cluster);
    await due.make(node(0).client, 4);
    await load.begin(6);
    await delay(300);
    await due.comeDue();
    for (let round = 0; round < rounds; round += 1) await cause(round);
    await recovered();
    const report = await load.end();
    await delay(1_000);
    await due.forgetClaims();
    await within(30_000, 'all that was due is done', async () => (await due.done()).never === 0);
    const lost = await load.lost();
    const { once, moreOften } = await due.done();
    await told.forgetClaims();
    await within(30_000, 'all events are delivered', async () => (await told.waiting()) === 0);
    const events = await told.compare();
    table.push({
      what,
      rounds,
      encrypted: report.encrypted,
      changed: report.changed,
      'errors to retry': report.retryable,
      'longest revocation ms': Math.round(Math.max(0, ...report.revocationMs)),
      'longest call ms': Math.round(report.longestCallMs),
      'honoured after revocation': report.afterRevocation.length,
      'acknowledged writes lost': lost.length,
      'due work once': once,
      'more often': moreOften,
      'events so far': events.recorded,
      'lost or out of order': events.wrong.length,
    });
    expect(report).toMatchObject({ afterRevocation: [], unexpected: [] });
    expect(lost).toEqual([]);
    expect({ once, moreOften }).toEqual({ once: due.count, moreOften: 0 });
    expect(events.wrong).toEqual([]);
    expect(events.recorded).toBeGreaterThan(due.count * 2 + load.keys.length);
    // The load was there, and it ended: no call hung until its client gave up.
    expect(report.encrypted).toBeGreaterThan(5);
    expect(report.refused).toBeGreaterThan(0);
    expect(report.changed).toBeGreaterThan(0);
    expect(report.longestCallMs).toBeLessThan(20_000);
  },
  120_000 + rounds * 30_000,
);

/** Every node works again by itself: what stands still here would need a person. */
async function recovered(): Promise<void> {
  for (const { process, name } of cluster.nodes) {
    await within(20_000, `node ${name} is ready`, async () => {
      const response = await fetch(`${process.endpoint}/health/ready`, { signal: AbortSignal.timeout(2_000) }).catch(
        () => undefined,
      );
      return response?.ok === true;
    });
  }
}

async function within(boundMs: number, what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const until = Date.now() + boundMs; Date.now() < until; await delay(50)) if (await holds()) return;
  throw new Error(`${what}: not within ${boundMs} ms`);
}
