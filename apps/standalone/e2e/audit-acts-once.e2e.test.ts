import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CreateKeyCommand, KMSClient, RotateKeyOnDemandCommand } from '@aws-sdk/client-kms';
import { type Keywarden, startKeywarden } from '@keywarden/harness';
import { type TestDatabase, createTestDatabase } from '@keywarden/services';
import { Client } from 'pg';

let folder: string;
let database: TestDatabase;
let sql: Client;

const environment = () => ({
  DATABASE_URL: database.url,
  KEYWARDEN_ROOT_KEY_FILE: join(folder, 'root-key'),
  KEYWARDEN_SCHEDULER_INTERVAL_MS: '100',
});
const start = (app: 'api' | 'scheduler'): Promise<Keywarden> => startKeywarden({ app, environment: environment() });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keywarden-acts-'));
  database = await createTestDatabase();
  sql = new Client({ connectionString: database.url, query_timeout: 30_000 });
  await sql.connect();
}, 60_000);

afterAll(async () => {
  await sql.end();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await holds()) return;
    await delay(50);
  }
  throw new Error(`it never came to be that ${what}`);
}

const any = async (query: string): Promise<boolean> => ((await sql.query(query)).rowCount ?? 0) > 0;

describe('a scheduler that is killed while it puts acts on record', () => {
  it('after they are appended and before they are removed: each is on record once, by whoever comes next', async () => {
    const api = await start('api');
    const { endpoint, region, credentials } = api;
    const client = new KMSClient({ endpoint, region, credentials, maxAttempts: 1 });
    const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
    for (let turn = 0; turn < 3; turn += 1) {
      await client.send(new RotateKeyOnDemandCommand({ KeyId: KeyMetadata?.KeyId }));
    }
    client.destroy();
    await api.stop();
    const pending = await sql.query<{ id: string }>(
      `SELECT event_id AS id FROM audit_pending_acts WHERE type = 'KeyRotated' ORDER BY 1`,
    );
    expect(pending.rows).toHaveLength(3);

    const blocker = new Client({ connectionString: database.url });
    await blocker.connect();
    // Whoever takes acts may read and lock them, but not remove them.
    await blocker.query('BEGIN; LOCK TABLE audit_pending_acts IN SHARE MODE');
    const dying = await start('scheduler');
    await until(
      () =>
        any(`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
             AND query LIKE 'DELETE FROM audit_pending_acts%'`),
      'the scheduler is about to remove acts',
    );
    await dying.kill();
    await blocker.query('ROLLBACK');
    await blocker.end();

    const next = await start('scheduler');
    await until(async () => !(await any('SELECT 1 FROM audit_pending_acts')), 'no act waits');
    await next.stop();
    const recorded = await sql.query<{ id: string }>(
      `SELECT event_id AS id FROM audit_records WHERE event_name = 'RotateKey' ORDER BY 1`,
    );
    expect(recorded.rows).toEqual(pending.rows);
  }, 120_000);
});

describe('a process that ends in order', () => {
  it('leaves nothing behind that no checkpoint covers', async () => {
    const api = await start('api');
    const { endpoint, region, credentials } = api;
    const client = new KMSClient({ endpoint, region, credentials, maxAttempts: 1 });
    await client.send(new CreateKeyCommand({}));
    client.destroy();
    const uncovered = `SELECT 1 FROM audit_chains c LEFT JOIN audit_coverage v USING (chain)
                       WHERE c.head_seq > coalesce(v.seq, 0)`;
    expect(await any(uncovered)).toBe(true);
    await api.stop();
    expect(await any(uncovered)).toBe(false);
  }, 60_000);
});
