import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DescribeKeyCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { type Keywarden, freePort, startKeywarden } from '@keywarden/harness';
import { type TestDatabase, createTestDatabase } from '@keywarden/services';
import { Client } from 'pg';
import { type AKey, aKey } from './testing/a-key';

let folder: string;
let database: TestDatabase;
let sql: Client;
let service: Keywarden;
let client: KMSClient;
let key: AKey;
const deadlineMs = 1_000;
/** Ten times what a call may take at most: a hang is what takes longer. */
const hangMs = 20_000;

const environment = () => ({
  DATABASE_URL: database.url,
  KEYWARDEN_AUDIT_DEADLINE_MS: String(deadlineMs),
  KEYWARDEN_ROOT_KEY_FILE: join(folder, 'root-key'),
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keywarden-audit-'));
  database = await createTestDatabase();
  sql = new Client({ connectionString: database.url, query_timeout: 30_000 });
  await sql.connect();
  service = await startKeywarden({ environment: environment() });
  const { endpoint, region, credentials } = service;
  client = new KMSClient({ endpoint, region, credentials, maxAttempts: 1 });
  key = await aKey(client);
}, 120_000);

afterAll(async () => {
  client.destroy();
  await service.stop();
  await sql.end();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const encrypt = () => client.send(new EncryptCommand({ KeyId: key.id, Plaintext: Buffer.from('text') }));

/** @returns the error's name, or that it went well */
async function outcome(work: () => Promise<unknown>): Promise<string> {
  return Promise.race([
    work().then(
      () => 'answered',
      (error: Error) => `${error.name}: ${error.message}`,
    ),
    delay(hangMs, 'hangs', { ref: false }),
  ]);
}

async function recovers(): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await outcome(encrypt)) === 'answered') return;
    await delay(200);
  }
  throw new Error('calls do not go through again');
}

const notRecorded = /^KMSInternalException: The request could not be recorded/;

describe('while records cannot be written', () => {
  it('calls fail, also those that need nothing else from the database, and go through again by themselves', async () => {
    expect(await outcome(encrypt)).toBe('answered');
    await sql.query('ALTER TABLE audit_chains RENAME TO audit_chains_away');
    try {
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => outcome(encrypt)));
      for (const one of outcomes) expect(one).toMatch(notRecorded);
      const before = await sql.query('SELECT count(*)::int AS keys FROM kms_keys');
      expect(await outcome(() => aKey(client))).toMatch(notRecorded);
      // What cannot be recorded does not happen.
      expect((await sql.query('SELECT count(*)::int AS keys FROM kms_keys')).rows).toEqual(before.rows);
    } finally {
      await sql.query('ALTER TABLE audit_chains_away RENAME TO audit_chains');
    }
    await recovers();
  });

  it('calls fail at their deadline when the store does not answer, and go through again by themselves', async () => {
    const blocker = new Client({ connectionString: database.url });
    await blocker.connect();
    await blocker.query('BEGIN');
    await blocker.query('LOCK TABLE audit_chains IN ACCESS EXCLUSIVE MODE');
    try {
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => outcome(encrypt)));
      for (const one of outcomes) expect(one).toMatch(notRecorded);
      expect(await outcome(() => client.send(new DescribeKeyCommand({ KeyId: key.id })))).toMatch(notRecorded);
    } finally {
      await blocker.query('ROLLBACK');
      await blocker.end();
    }
    await recovers();
  });

  it('what had happened before comes on record all the same', async () => {
    const { rows } = await sql.query<{ seq: number; count: number }>(
      `SELECT max(c.head_seq)::int AS seq, count(*)::int AS count
       FROM audit_chains c JOIN audit_records r USING (chain) GROUP BY c.chain ORDER BY 2 DESC LIMIT 1`,
    );
    expect(rows[0]!.seq).toBe(rows[0]!.count);
  });
});

describe('a service that is killed under load', () => {
  it('has a record of every call that it answered', async () => {
    const port = await freePort();
    const acknowledged: string[] = [];
    for (let kill = 0; kill < 2; kill += 1) {
      const node = await startKeywarden({ port, environment: environment() });
      const { endpoint, region, credentials } = node;
      const caller = new KMSClient({ endpoint, region, credentials, maxAttempts: 1 });
      let stopped = false;
      const load = Array.from({ length: 8 }, async () => {
        while (!stopped) {
          const answer = await caller
            .send(new EncryptCommand({ KeyId: key.id, Plaintext: Buffer.from('text') }))
            .catch(() => undefined);
          if (answer?.$metadata.requestId !== undefined) acknowledged.push(answer.$metadata.requestId);
        }
      });
      const before = acknowledged.length;
      while (acknowledged.length < before + 50) await delay(20);
      await node.kill();
      stopped = true;
      await Promise.all(load);
      caller.destroy();
    }
    const { rows } = await sql.query<{ id: string }>(
      `SELECT record::json ->> 'requestID' AS id FROM audit_records WHERE event_name = 'Encrypt'`,
    );
    const recorded = new Set(rows.map(({ id }) => id));
    expect(acknowledged.length).toBeGreaterThan(100);
    expect(acknowledged.filter((id) => !recorded.has(id))).toEqual([]);
  });

  it('begins a new chain each time, and every chain is whole', async () => {
    const { rows } = await sql.query<{ whole: boolean }>(
      `SELECT c.head_seq = count(r.seq) AND min(r.seq) = 1 AND max(r.seq) = c.head_seq AS whole
       FROM audit_chains c JOIN audit_records r USING (chain) GROUP BY c.chain`,
    );
    expect(rows.length).toBeGreaterThanOrEqual(3);
    expect(rows.every(({ whole }) => whole)).toBe(true);
  });
});
