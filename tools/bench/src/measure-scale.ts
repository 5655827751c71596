import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Keywarden, harnessAccount } from '@keywarden/harness';
import { startKeptPostgres } from '@keywarden/services';
import { Client } from 'pg';
import { fillKeys } from './fill-keys';
import { type CallCost, pacedCalls } from './paced-calls';
import { memoryOf, postgresPids } from './process-usage';
import { startServiceUnderTest } from './service-under-test';
import { figure, markdownTable, median } from './statistics';

/** Fewer than the smaller account has keys, so that a key is out of memory again when its turn comes. */
const keysInMemory = 500;
const fewKeys = 1_000;
const rounds = 8;

interface Side {
  readonly service: Keywarden;
  readonly ids: readonly string[];
}

type NextInput = (previous: Record<string, unknown> | undefined) => unknown;

interface ScaleOperation {
  readonly title: string;
  readonly operation: string;
  readonly inputs: (ids: readonly string[]) => NextInput;
}

const Plaintext = Buffer.alloc(32, 7).toString('base64');

/** Each key in turn. */
const inTurn =
  (input: (id: string) => unknown) =>
  (ids: readonly string[]): NextInput => {
    let at = 0;
    return () => input(ids[(at = (at + 1) % ids.length)] ?? '');
  };

const operations: readonly ScaleOperation[] = [
  { title: 'CreateKey', operation: 'CreateKey', inputs: () => () => ({}) },
  { title: 'DescribeKey, key not in memory', operation: 'DescribeKey', inputs: inTurn((KeyId) => ({ KeyId })) },
  {
    title: 'ListKeys, pages of 100 one after the other',
    operation: 'ListKeys',
    inputs: () => (previous) => ({ Limit: 100, Marker: previous?.['NextMarker'] }),
  },
  { title: 'Encrypt, key not in memory', operation: 'Encrypt', inputs: inTurn((KeyId) => ({ KeyId, Plaintext })) },
  {
    title: 'Encrypt, key in memory',
    operation: 'Encrypt',
    inputs: (ids) => () => ({ KeyId: ids[0], Plaintext }),
  },
];

/**
 * What calls cost in an account with many keys beside one with a thousand: two API nodes on two databases of one
 * Postgres, measured in turns.
 *
 * @returns two tables
 */
export async function measureScale(keys: number, seconds: number): Promise<{ costs: string; memory: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'keywarden-scale-'));
  const postgres = await startKeptPostgres(join(folder, 'postgres'));
  const started: Keywarden[] = [];
  const rootKeyFile = join(folder, 'root-key');
  const node = async (name: string, keysHeld: number): Promise<Keywarden> => {
    const service = await startServiceUnderTest({
      app: 'api',
      dataDir: join(folder, name),
      environment: {
        DATABASE_URL: urlOf(postgres.url, name),
        KEYWARDEN_ROOT_KEY_FILE: rootKeyFile,
        KEYWARDEN_KEY_QUOTA: '100000000',
        KEYWARDEN_REQUEST_QUOTAS: 'off',
        KEYWARDEN_KEY_CACHE_SIZE: String(keysHeld),
      },
    });
    started.push(service);
    return service;
  };
  const filled = async (name: string, count: number): Promise<Side> => {
    await createDatabase(postgres.url, name);
    const service = await node(name, keysInMemory);
    const store = { databaseUrl: urlOf(postgres.url, name), rootKeyFile, account: harnessAccount.account };
    const began = performance.now();
    const ids = await fillKeys(service, store, count);
    console.error(`${count} keys in ${figure((performance.now() - began) / 1_000)} s`);
    return { service, ids };
  };
  try {
    const few = await filled('few', fewKeys);
    const many = await filled('many', keys);
    const costs = await compare(few, many, keys, seconds, () => postgresPids(folder));
    for (const service of started.splice(0)) await service.stop();
    const memory = await memoryByKeysTouched(() => node('many', 10_000), many.ids);
    return { costs, memory };
  } finally {
    for (const service of started) await service.stop();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function compare(
  few: Side,
  many: Side,
  keys: number,
  seconds: number,
  postgres: () => readonly number[],
): Promise<string> {
  const rows: string[][] = [];
  for (const { title, operation, inputs } of operations) {
    const [small, large] = [inputs(few.ids), inputs(many.ids)];
    const costs: { readonly small: CallCost; readonly large: CallCost }[] = [];
    const ofSmall = (ms: number) => pacedCalls(few.service, operation, small, ms, postgres);
    const ofLarge = (ms: number) => pacedCalls(many.service, operation, large, ms, postgres);
    await ofSmall(1_000);
    await ofLarge(1_000);
    for (let round = 0; round < rounds; round += 1) {
      // Whoever goes first changes each time, so that a machine that gets busier favours neither.
      const first = round % 2 === 0 ? await ofSmall(seconds * 1_000) : undefined;
      const theOther = await ofLarge(seconds * 1_000);
      costs.push({ small: first ?? (await ofSmall(seconds * 1_000)), large: theOther });
    }
    const of = (cost: (one: CallCost) => number): string[] => [
      figure(median(costs.map((both) => cost(both.small)))),
      figure(median(costs.map((both) => cost(both.large)))),
      figure(median(costs.map((both) => cost(both.large) / cost(both.small)))),
    ];
    rows.push([title, ...of(({ medianMs }) => medianMs), ...of((cost) => cost.apiMicros + cost.postgresMicros)]);
  }
  const [less, more] = [fewKeys, keys].map((count) => count.toLocaleString('en-US'));
  return markdownTable(
    ['operation', `ms, ${less} keys`, `ms, ${more} keys`, 'ratio', `CPU µs, ${less}`, `CPU µs, ${more}`, 'ratio'],
    rows,
  );
}

/** Resident memory of an API node that holds 10,000 keys at most, after it worked with more and more different ones. */
async function memoryByKeysTouched(start: () => Promise<Keywarden>, ids: readonly string[]): Promise<string> {
  const service = await start();
  const next = inTurn((KeyId) => ({ KeyId, Plaintext }))(ids);
  const rows: string[][] = [];
  let touched = 0;
  for (const upTo of [0, 5_000, 10_000, 20_000, 30_000, 40_000, 50_000].filter((count) => count <= ids.length)) {
    while (touched < upTo) {
      const { calls } = await pacedCalls(service, 'Encrypt', next, 500, () => []);
      touched += calls;
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    rows.push([touched.toLocaleString('en-US'), figure(memoryOf([service.pid]).residentMiB)]);
  }
  return markdownTable(['different keys used', 'resident MiB'], rows);
}

async function createDatabase(serverUrl: string, name: string): Promise<void> {
  const sql = new Client({ connectionString: serverUrl });
  await sql.connect();
  await sql.query(`CREATE DATABASE ${sql.escapeIdentifier(name)}`);
  await sql.end();
}

function urlOf(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}
