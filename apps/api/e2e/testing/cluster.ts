import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KMSClient } from '@aws-sdk/client-kms';
import { type Keywarden, type KeywardenApp, startKeywarden } from '@keywarden/harness';
import {
  type RunningRedis,
  type RunningService,
  TcpProxy,
  startKeptPostgres,
  startThrowawayRedis,
} from '@keywarden/services';
import { Client } from 'pg';

/** One process of the installation, with a network of its own to the database. */
export interface Member {
  readonly app: KeywardenApp;
  readonly name: string;
  readonly proxy: TcpProxy;
  process: Keywarden;
  /** Of an API node. */
  client: KMSClient;
}

/** Two API nodes and two schedulers, each a process, on a Postgres that can be restarted and crashed, and a Redis. */
export class Cluster {
  readonly members: Member[] = [];
  #postgres: RunningService | undefined;
  #redis: RunningRedis | undefined;
  #folder = '';

  static async start(): Promise<Cluster> {
    const cluster = new Cluster();
    cluster.#folder = await mkdtemp(join(tmpdir(), 'keywarden-faults-'));
    cluster.#postgres = await startKeptPostgres(join(cluster.#folder, 'database'));
    cluster.#redis = await startThrowawayRedis();
    await cluster.#add('api', 'a');
    await Promise.all([cluster.#add('api', 'b'), cluster.#add('scheduler', 'c'), cluster.#add('scheduler', 'd')]);
    return cluster;
  }

  get nodes(): readonly Member[] {
    return this.members.filter(({ app }) => app === 'api');
  }

  get schedulers(): readonly Member[] {
    return this.members.filter(({ app }) => app === 'scheduler');
  }

  get redis(): RunningRedis {
    if (this.#redis === undefined) throw new Error('the cluster is not started');
    return this.#redis;
  }

  async sql(text: string, values: readonly unknown[] = []): Promise<readonly Record<string, unknown>[]> {
    const client = new Client({
      connectionString: this.#postgres?.url,
      connectionTimeoutMillis: 10_000,
      query_timeout: 30_000,
    });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query(text, [...values])).rows;
    } finally {
      await client.end();
    }
  }

  pause(member: Member): void {
    process.kill(member.process.pid, 'SIGSTOP');
  }

  resume(member: Member): void {
    process.kill(member.process.pid, 'SIGCONT');
  }

  /** SIGKILL, and another process in its place. */
  async replace(member: Member): Promise<void> {
    await member.process.kill();
    member.process = await this.#process(member);
    member.client.destroy();
    member.client = clientOf(member.process);
  }

  /** @param how `crash`: without a goodbye, so that it must recover */
  async restartPostgres(how: 'restart' | 'crash'): Promise<void> {
    const folder = join(this.#folder, 'database');
    if (how === 'crash') {
      const [pid] = (await readFile(join(folder, 'cluster', 'postmaster.pid'), 'utf8')).split('\n');
      process.kill(Number(pid), 'SIGQUIT');
    }
    await this.#postgres?.stop();
    this.#postgres = await startKeptPostgres(folder);
    for (const { proxy } of this.members) proxy.retarget(this.#postgres.url);
  }

  /** @returns the exit codes */
  async stop(): Promise<readonly (number | null)[]> {
    for (const { proxy } of this.members) proxy.restore();
    const codes = await Promise.all(
      this.members.map(async (member) => {
        this.resume(member);
        member.client.destroy();
        return member.process.stop();
      }),
    );
    await Promise.all(this.members.map(({ proxy }) => proxy.close()));
    await this.#redis?.stop();
    await this.#postgres?.stop();
    await rm(this.#folder, { recursive: true, force: true });
    return codes;
  }

  async #add(app: KeywardenApp, name: string): Promise<void> {
    const proxy = await TcpProxy.to(this.#postgres?.url ?? '');
    const started = await this.#process({ app, name, proxy });
    this.members.push({ app, name, proxy, process: started, client: clientOf(started) });
    this.members.sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  #process({ app, name, proxy }: Pick<Member, 'app' | 'name' | 'proxy'>): Promise<Keywarden> {
    return startKeywarden({
      app,
      dataDir: join(this.#folder, name),
      environment: {
        DATABASE_URL: proxy.url,
        KEYWARDEN_ROOT_KEY_FILE: join(this.#folder, 'root-key'),
        KEYWARDEN_SCHEDULER_INTERVAL_MS: '100',
        KEYWARDEN_LOG_LEVEL: 'warn',
        REDIS_URL: this.redis.url,
        // The schedulers say that they are ready on this level.
        ...(app === 'scheduler' && { KEYWARDEN_LOG_LEVEL: 'info' }),
      },
    });
  }
}

function clientOf({ endpoint, region, credentials }: Keywarden): KMSClient {
  // Every call is bounded: one that hangs would be taken for a fault of the service, and rightly.
  return new KMSClient({ endpoint, region, credentials, maxAttempts: 1, requestHandler: { requestTimeout: 20_000 } });
}
