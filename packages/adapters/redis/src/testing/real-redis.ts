import { type RunningRedis, type ThrowawayRedisOptions, startThrowawayRedis } from '@keywarden/services';
import { RedisConnection, type RedisConnectionOptions } from '../redis-connection';

/** What a test started, to be ended after it. */
export const ending: (() => Promise<void>)[] = [];

export async function endAll(): Promise<void> {
  for (const end of ending.splice(0).reverse()) await end();
}

export async function aServer(options: ThrowawayRedisOptions = {}): Promise<RunningRedis> {
  const server = await startThrowawayRedis(options);
  ending.push(() => server.stop());
  return server;
}

export function aConnection(options: RedisConnectionOptions): RedisConnection {
  const connection = new RedisConnection(options);
  ending.push(async () => connection.close());
  return connection;
}

/** A server with cluster mode on that has all slots. @returns its URL */
export async function aClusterOfOne(): Promise<string> {
  const { url } = await aServer({ settings: ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'] });
  const single = aConnection({ url });
  await single.settled(5_000);
  await single.run((client) => client.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16383'));
  return url;
}

export interface ClusterNode extends RunningRedis {
  /** Sends it a command over a connection of its own. */
  call(...command: readonly [string, ...string[]]): Promise<unknown>;
}

/** Three servers with a third of the slots each, and a replica of the first. @returns them, the replica last */
export async function aCluster(): Promise<readonly ClusterNode[]> {
  const settings = ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1', '--cluster-node-timeout', '1000'];
  const nodes: ClusterNode[] = [];
  for (let count = 0; count < 4; count += 1) {
    const server = await aServer({ settings: [...settings, '--cluster-require-full-coverage', 'no'] });
    const single = aConnection({ url: server.url });
    await single.settled(5_000);
    nodes.push({
      ...server,
      call: (name, ...rest) => single.run((client) => client.call(name, ...rest)),
    });
  }
  return nodes;
}

export async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 20_000;
  while (!(await what())) {
    if (performance.now() > end) throw new Error('it did not happen within 20 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
