import { setTimeout as delay } from 'node:timers/promises';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import { commandLine } from './process-identity';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './start-embedded-postgres';

const repository = join(__dirname, '../../../..');
let dataDir: string;
let helper: ChildProcess | undefined;
let server: EmbeddedPostgres | undefined;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'embedded-postgres-'));
});

afterEach(async () => {
  helper?.kill('SIGKILL');
  server ??= await startEmbeddedPostgres({ dataDir });
  await server.stop();
  server = undefined;
  await rm(dataDir, { recursive: true, force: true });
});

/** Starts the server from another Node process and gives its URL once it is up. */
async function startInHelper(): Promise<string> {
  const program = `
    require('@keywarden/embedded-postgres').startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)} })
      .then(({ url }) => { console.log(url); setInterval(() => undefined, 1000); });`;
  const flags = ['-C', '@keywarden/source', '-r', 'ts-node/register/transpile-only', '-e', program];
  helper = spawn(process.execPath, flags, { cwd: repository, stdio: ['ignore', 'pipe', 'inherit'] });
  const [url] = (await once(createInterface({ input: helper.stdout! }), 'line')) as [string];
  return url;
}

async function killHelper(): Promise<void> {
  const gone = once(helper!, 'exit');
  helper!.kill('SIGKILL');
  await gone;
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

const postmaster = async (): Promise<number> =>
  Number((await readFile(join(dataDir, 'cluster', 'postmaster.pid'), 'utf8')).split('\n')[0]);

it('recovers after kill -9 of the supervisor: the orphan is ended, and what was committed is there', async () => {
  const url = await startInHelper();
  const client = await connect(url);
  await client.query('CREATE TABLE committed AS SELECT generate_series(1, 1000) AS n');
  await client.query('BEGIN; INSERT INTO committed VALUES (1001)');
  await killHelper();
  const orphan = await postmaster();
  expect(() => process.kill(orphan, 0)).not.toThrow();

  server = await startEmbeddedPostgres({ dataDir });
  expect(await postmaster()).not.toBe(orphan);
  const again = await connect(server.url);
  expect((await again.query('SELECT count(*)::int AS n FROM committed')).rows).toEqual([{ n: 1000 }]);
  await again.end();
});

it('recovers after kill -9 of the supervisor and the server together', async () => {
  const client = await connect(await startInHelper());
  await client.query('CREATE TABLE committed AS SELECT generate_series(1, 1000) AS n');
  const orphan = await postmaster();
  await killHelper();
  process.kill(orphan, 'SIGKILL');

  server = await startEmbeddedPostgres({ dataDir });
  const again = await connect(server.url);
  expect((await again.query('SELECT count(*)::int AS n FROM committed')).rows).toEqual([{ n: 1000 }]);
  await again.end();
});

/** As a dead server leaves it, with the number of another process. */
async function leavePostmasterPid(pid: number): Promise<void> {
  const lines = [
    pid,
    join(dataDir, 'cluster'),
    1700000000,
    5432,
    '',
    '127.0.0.1',
    '  1234567     99999',
    'ready   ',
    '',
  ];
  await writeFile(join(dataDir, 'cluster', 'postmaster.pid'), lines.join('\n'));
}

it.each([
  ['belongs to somebody else', 'sleep 30 & echo $!; wait'],
  // It ends after `exec` has replaced the shell that would have reaped it.
  ['belongs to a zombie nobody reaps', 'sleep 0.5 & echo $!; exec sleep 30'],
])('starts although the process number a dead server left %s', async (_whose, script) => {
  await (await startEmbeddedPostgres({ dataDir })).stop();
  const shell = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  try {
    const [line] = (await once(createInterface({ input: shell.stdout }), 'line')) as [string];
    await leavePostmasterPid(Number(line));
    await delay(1_000);
    server = await startEmbeddedPostgres({ dataDir, startTimeoutMs: 10_000 });
    expect(await postmaster()).not.toBe(Number(line));
    expect(() => process.kill(Number(line), 0)).not.toThrow();
  } finally {
    process.kill(-shell.pid!, 'SIGKILL');
  }
});

it('waits for a process that is ending and has no command line any more', async () => {
  await (await startEmbeddedPostgres({ dataDir })).stop();
  const program = "process.title = ''; console.log(String(process.pid)); setTimeout(() => undefined, 1500)";
  const ending = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: ending.stdout }), 'line')) as [string];
  expect(commandLine(Number(line))?.trim()).toBe('');
  await leavePostmasterPid(Number(line));
  server = await startEmbeddedPostgres({ dataDir });
  expect(await postmaster()).not.toBe(Number(line));
});

it('lets only one of two processes that start at once have the folder', async () => {
  await startInHelper();
  await expect(startEmbeddedPostgres({ dataDir })).rejects.toMatchObject({
    code: 'DataDirInUse',
    message: expect.stringContaining(`process ${helper!.pid}`),
  });
  await killHelper();
});
