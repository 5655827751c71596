import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Keywarden, type KeywardenApp, scrapeOf, startKeywarden } from '@keywarden/harness';
import { type TestDatabase, createTestDatabase } from '@keywarden/services';

/** An API node and a scheduler, each a process of its own, watched by the listener of each. */
let database: TestDatabase;
let folder: string;
const running: Record<string, Keywarden> = {};

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'keywarden-observation-'));
  for (const app of ['api', 'scheduler'] satisfies KeywardenApp[]) {
    running[app] = await startKeywarden({
      app,
      dataDir: join(folder, app),
      environment: {
        DATABASE_URL: database.url,
        KEYWARDEN_ROOT_KEY_FILE: join(folder, 'root-key'),
        KEYWARDEN_METRICS_PORT: '0',
        KEYWARDEN_SCHEDULER_INTERVAL_MS: '100',
      },
    });
  }
}, 120_000);

afterAll(async () => {
  for (const process of Object.values(running)) await process.stop();
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
}, 90_000);

const processOf = (app: string): Keywarden => {
  const process = running[app];
  if (process === undefined) throw new Error(`${app} was not started`);
  return process;
};

describe.each(['api', 'scheduler'])('the listener of the %s', (app) => {
  it('says that the process lives and is ready', async () => {
    const { origin } = await scrapeOf(processOf(app));
    expect((await fetch(`${origin}/health/live`)).status).toBe(200);
    const until = Date.now() + 30_000;
    let status = 0;
    while (status !== 200 && Date.now() < until) status = (await fetch(`${origin}/health/ready`)).status;
    expect(status).toBe(200);
  });

  it('tells what runs', async () => {
    const { value } = await scrapeOf(processOf(app));
    expect(value('keywarden_build_info', { app: `keywarden-${app}` })).toBe(1);
    expect(value('process_resident_memory_bytes', {})).toBeGreaterThan(1_000_000);
    expect(value('keywarden_database_connections_limit', {})).toBe(10);
  });
});

describe('what only one of them knows', () => {
  it('is requests for the API, and looks for due keys for the scheduler', async () => {
    const [api, scheduler] = [await scrapeOf(processOf('api')), await scrapeOf(processOf('scheduler'))];
    expect(api.text).toContain('# TYPE keywarden_requests_total counter');
    expect(scheduler.text).not.toContain('keywarden_requests_total');
    expect(scheduler.value('keywarden_scheduler_ticks_total', { outcome: 'done' })).toBeGreaterThan(0);
    expect(api.text).not.toContain('keywarden_scheduler');
  });
});
