import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { joinEmbeddedPostgres } from './join-embedded-postgres';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './start-embedded-postgres';

const settings = { fsync: 'off' };
let dataDir: string;
let server: EmbeddedPostgres | undefined;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'embedded-postgres-'));
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
  await rm(dataDir, { recursive: true, force: true });
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as unknown[];
  } finally {
    await client.end();
  }
}

it('uses a server that another supervises, and leaves it running', async () => {
  server = await startEmbeddedPostgres({ dataDir, settings });
  await query(server.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  const joined = await joinEmbeddedPostgres({ dataDir });
  expect(await query(joined.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  await joined.leave();
  expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

it('waits for a server that is being started', async () => {
  await (await startEmbeddedPostgres({ dataDir, settings })).stop();
  const starting = startEmbeddedPostgres({ dataDir, settings });
  while (!(await readdir(dataDir)).includes('supervisor.lock')) await delay(1);
  const joined = await joinEmbeddedPostgres({ dataDir });
  expect(await query(joined.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  server = await starting;
  expect(new URL(joined.url).port).toBe(String(server.port));
});

it('starts a server where none runs, and stops it', async () => {
  await (await startEmbeddedPostgres({ dataDir, settings })).stop();
  const joined = await joinEmbeddedPostgres({ dataDir, settings });
  expect(await query(joined.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await joined.leave();
  await expect(query(joined.url, 'SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  expect((await readdir(dataDir)).sort()).toEqual(['cluster', 'password']);
});

it('never makes a cluster', async () => {
  await writeFile(join(dataDir, 'notes.txt'), '');
  for (const folder of [dataDir, join(dataDir, 'missing')])
    await expect(joinEmbeddedPostgres({ dataDir: folder })).rejects.toMatchObject({ code: 'NoCluster' });
  expect(await readdir(dataDir)).toEqual(['notes.txt']);
});

it('gives up on a holder that never has a server', async () => {
  await (await startEmbeddedPostgres({ dataDir, settings })).stop();
  await writeFile(join(dataDir, 'supervisor.lock'), JSON.stringify({ pid: process.pid }));
  const refused = joinEmbeddedPostgres({ dataDir, startTimeoutMs: 1_500 });
  await expect(refused).rejects.toMatchObject({ code: 'DataDirInUse' });
});
