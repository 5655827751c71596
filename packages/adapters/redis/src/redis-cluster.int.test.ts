import type { ClusterNode } from './testing/real-redis';
import { RedisTokens } from './redis-tokens';
import { SharedLimiter } from './shared-limiter';
import { aCluster, aConnection, endAll, ending, until } from './testing/real-redis';

afterEach(endAll);

const slow = { perSecond: 0.001, burst: 2 };
/** Of so many buckets some lie on each of three servers. */
const buckets = Array.from({ length: 24 }, (_, index) => `111122223333/eu-central-1/${index}`);
const keyOf = (bucket: string): string => `keywarden:quota:{${bucket}}`;

/** The three have a third of the slots each; the fourth follows the first. */
async function joined(): Promise<readonly ClusterNode[]> {
  const nodes = await aCluster();
  const [first, ...others] = nodes;
  for (const [index, node] of nodes.slice(0, 3).entries()) {
    const [from, to] = [Math.ceil((index * 16_384) / 3), Math.ceil(((index + 1) * 16_384) / 3) - 1];
    await node.call('CLUSTER', 'ADDSLOTSRANGE', String(from), String(to));
  }
  for (const { port } of others) await first!.call('CLUSTER', 'MEET', '127.0.0.1', String(port));
  const id = String(await first!.call('CLUSTER', 'MYID'));
  await until(async () => String(await nodes[3]!.call('CLUSTER', 'NODES')).includes(`${id} 127.0.0.1`));
  await until(() => nodes[3]!.call('CLUSTER', 'REPLICATE', id).then(Boolean, () => false));
  for (const node of nodes) {
    await until(async () => {
      const info = String(await node.call('CLUSTER', 'INFO'));
      return info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:4');
    });
  }
  await until(async () => String(await nodes[3]!.call('INFO', 'replication')).includes('master_link_status:up'));
  return nodes;
}

async function connectedTo(nodes: readonly ClusterNode[]) {
  const url = nodes.map((node) => node.url).join(',');
  const connection = aConnection({ url, cluster: true, commandTimeoutMs: 500 });
  expect(await connection.settled(10_000)).toBe(true);
  return connection;
}

it('keeps each bucket on its server, also after all of them have forgotten the script', async () => {
  const nodes = await joined();
  const tokens = new RedisTokens(await connectedTo(nodes));
  const granted = async (): Promise<readonly number[]> =>
    Promise.all(buckets.map(async (bucket) => (await tokens.take(bucket, slow, 1)).granted));
  expect(await granted()).toEqual(buckets.map(() => 1));
  const sizes = await Promise.all(nodes.slice(0, 3).map((node) => node.call('DBSIZE')));
  expect(sizes.every((size) => Number(size) > 0)).toBe(true);
  for (const node of nodes.slice(0, 3)) await node.call('SCRIPT', 'FLUSH');
  expect(await granted()).toEqual(buckets.map(() => 1));
  expect(await granted()).toEqual(buckets.map(() => 0));
}, 60_000);

it('hangs for none of its servers that dies, and goes on with the replica that takes over', async () => {
  const nodes = await joined();
  const connection = await connectedTo(nodes);
  const shared = new SharedLimiter(connection, { beatMs: 100, waitMs: 100 });
  ending.push(() => shared.close());
  await until(() => shared.counts.nodes === 1 && !shared.counts.alone);
  const [first, , , replica] = nodes;
  const mine: string[] = [];
  const tokens = new RedisTokens(connection);
  for (const bucket of buckets) {
    await tokens.take(bucket, slow, 1);
    const held = await first!.call('EXISTS', keyOf(bucket)).catch(() => 0);
    if (held === 1) mine.push(bucket);
  }
  expect(mine.length).toBeGreaterThan(0);
  await until(async () => (await replica!.call('DBSIZE')) === (await first!.call('DBSIZE')));

  process.kill(first!.pid, 'SIGKILL');
  const started = performance.now();
  await Promise.all(mine.map((bucket) => shared.limiter.take(`${bucket}/new`, slow, 1)));
  expect(performance.now() - started).toBeLessThan(5_000);
  await replica!.call('CLUSTER', 'FAILOVER', 'TAKEOVER');
  // What the dead one held is known to its replica: one token of two is gone.
  const [bucket = ''] = mine;
  await until(() => tokens.take(bucket, slow, 0).then(Boolean, () => false));
  expect((await tokens.take(bucket, slow, 2)).granted).toBe(1);
  await until(() => !shared.counts.alone);
}, 60_000);
