import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from './start-embedded-postgres';

const folders: string[] = [];
const servers: EmbeddedPostgres[] = [];
let stopped: string;

beforeAll(async () => {
  stopped = await mkdtemp(join(tmpdir(), 'embedded-postgres-'));
  await (await startEmbeddedPostgres({ dataDir: stopped, settings: { fsync: 'off' } })).stop();
});
afterAll(() => rm(stopped, { recursive: true, force: true }));

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'embedded-postgres-'));
  folders.push(folder);
  return folder;
}

/** A folder in which a server was started and stopped before. */
async function usedFolder(): Promise<string> {
  const folder = await newFolder();
  await cp(stopped, folder, { recursive: true });
  return folder;
}

async function start(dataDir: string, options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off' }, ...options });
  servers.push(server);
  return server;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  await client.connect();
  try {
    return (await client.query(sql)).rows as unknown[];
  } finally {
    await client.end();
  }
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

describe('a first start', () => {
  it('makes a cluster with the database keywarden, and leaves nothing half-made beside it', async () => {
    const dataDir = join(await newFolder(), 'made', 'when', 'missing');
    const { url } = await start(dataDir);
    expect(await query(url, 'SELECT current_database() AS d, current_user AS u')).toEqual([
      { d: 'keywarden', u: 'keywarden' },
    ]);
    expect((await readdir(dataDir)).sort()).toEqual(['cluster', 'password', 'supervisor.lock']);
  });

  it('listens on the loopback address alone, with no socket file, and asks for the password by SCRAM', async () => {
    const dataDir = await usedFolder();
    const { url, port } = await start(dataDir);
    const shown = `SELECT current_setting('listen_addresses') AS a, current_setting('unix_socket_directories') AS s,
                   current_setting('password_encryption') AS p`;
    expect(await query(url, shown)).toEqual([{ a: '127.0.0.1', s: '', p: 'scram-sha-256' }]);
    expect(await readFile(join(dataDir, 'cluster', 'pg_hba.conf'), 'utf8')).not.toMatch(/^(local|host).*trust/m);
    await expect(query(`postgres://keywarden:wrong@127.0.0.1:${port}/keywarden`, 'SELECT 1')).rejects.toThrow(
      /password authentication failed/,
    );
  });

  it('keeps the password in a file that only its owner reads', async () => {
    const dataDir = await usedFolder();
    const { url } = await start(dataDir);
    const file = join(dataDir, 'password');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).toBe(new URL(url).password);
  });

  it('writes durably unless told otherwise', async () => {
    const { url } = await start(await usedFolder(), { settings: {} });
    expect(await query(url, "SELECT current_setting('fsync') AS fsync")).toEqual([{ fsync: 'on' }]);
  });

  it('passes settings on, and keeps statements and values of failed queries out of its log', async () => {
    const lines: string[] = [];
    const { url, stop } = await start(await usedFolder(), {
      settings: { fsync: 'off', max_connections: '17' },
      log: (line) => lines.push(line),
    });
    expect(await query(url, "SELECT current_setting('max_connections') AS n")).toEqual([{ n: '17' }]);
    await query(url, 'CREATE TABLE t (v text PRIMARY KEY)');
    await query(url, "INSERT INTO t VALUES ('top-secret')");
    await expect(query(url, "INSERT INTO t VALUES ('top-secret')")).rejects.toThrow(/duplicate key/);
    await stop();
    expect(lines.join('\n')).toContain('duplicate key');
    expect(lines.join('\n')).not.toContain('top-secret');
  });

  it('refuses settings that would open the server to the network', async () => {
    const dataDir = await newFolder();
    await expect(start(dataDir, { settings: { listen_addresses: '*' } })).rejects.toThrow(TypeError);
    await expect(start(dataDir, { settings: { 'fsync=off -c x': '1' } })).rejects.toThrow(TypeError);
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('gives up when the time is up, and a later start succeeds', async () => {
    const dataDir = await newFolder();
    await expect(start(dataDir, { startTimeoutMs: 50 })).rejects.toMatchObject({ code: 'StartFailed' });
    expect(await readdir(dataDir)).toEqual(['password']);
    expect(await query((await start(dataDir)).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

describe('a later start', () => {
  it('opens the same cluster with the same password', async () => {
    const dataDir = await newFolder();
    const first = await start(dataDir);
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop();
    const second = await start(dataDir);
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    expect(new URL(second.url).password).toBe(new URL(first.url).password);
  });

  it('removes what a crash during the first start left', async () => {
    const dataDir = await newFolder();
    await mkdir(join(dataDir, 'initdb-0123456789ab', 'cluster'), { recursive: true });
    await start(dataDir);
    expect((await readdir(dataDir)).filter((name) => name.startsWith('initdb-'))).toEqual([]);
  });
});

describe('stopping', () => {
  it('ends open sessions, reports the end, frees the folder, and may be asked twice', async () => {
    const dataDir = await usedFolder();
    const server = await start(dataDir);
    const client = new Client({ connectionString: server.url });
    client.on('error', () => undefined);
    await client.connect();
    await Promise.all([server.stop(), server.stop()]);
    expect(await server.exited).toBe('Postgres ended with exit code 0');
    expect((await readdir(dataDir)).sort()).toEqual(['cluster', 'password']);
  });

  it('reports a server that ended by itself', async () => {
    const dataDir = await usedFolder();
    const server = await start(dataDir);
    const pid = Number((await readFile(join(dataDir, 'cluster', 'postmaster.pid'), 'utf8')).split('\n')[0]);
    process.kill(pid, 'SIGKILL');
    expect(await server.exited).toBe('Postgres ended with SIGKILL');
    await server.stop();
    expect(await query((await start(dataDir)).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

describe('a folder that cannot be used', () => {
  it('is refused when it cannot be made', async () => {
    const file = join(await newFolder(), 'a-file');
    await writeFile(file, '');
    const refused = start(join(file, 'data'));
    await expect(refused).rejects.toMatchObject({ code: 'DataDirUnwritable', message: expect.stringContaining(file) });
  });

  it('is refused while another start holds it, and that one goes on undisturbed', async () => {
    const dataDir = await usedFolder();
    const { url } = await start(dataDir);
    await expect(start(dataDir)).rejects.toMatchObject({
      code: 'DataDirInUse',
      message: expect.stringContaining(`process ${process.pid}`),
    });
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('is refused and left alone when the cluster is not complete', async () => {
    const dataDir = await newFolder();
    await mkdir(join(dataDir, 'cluster'));
    await writeFile(join(dataDir, 'cluster', 'precious.txt'), 'precious');
    await expect(start(dataDir)).rejects.toMatchObject({ code: 'DataDirCorrupt' });
    expect(await readdir(dataDir)).toEqual(['cluster']);
    expect(await readFile(join(dataDir, 'cluster', 'precious.txt'), 'utf8')).toBe('precious');
  });

  it('is refused with what Postgres says when its control file is damaged', async () => {
    const dataDir = await usedFolder();
    const control = join(dataDir, 'cluster', 'global', 'pg_control');
    await writeFile(control, Buffer.alloc(8192, 1));
    await expect(start(dataDir)).rejects.toMatchObject({
      code: 'StartFailed',
      message: expect.stringMatching(/pg_control|database files are incompatible|checksum/i),
    });
    expect(await readFile(control)).toEqual(Buffer.alloc(8192, 1));
    expect(await readdir(dataDir)).not.toContain('supervisor.lock');
  });

  it('is refused when another major version made the cluster', async () => {
    const dataDir = await usedFolder();
    await writeFile(join(dataDir, 'cluster', 'PG_VERSION'), '15\n');
    await expect(start(dataDir)).rejects.toMatchObject({
      code: 'VersionMismatch',
      message: expect.stringContaining('15'),
    });
  });

  it('is refused when the password is gone', async () => {
    const dataDir = await usedFolder();
    await rm(join(dataDir, 'password'));
    await expect(start(dataDir)).rejects.toMatchObject({ code: 'DataDirCorrupt' });
  });
});
