import { accept, refuse } from '@keywarden/kernel';
import { Client } from 'pg';
import type { KmsKey } from '@keywarden/keys';
import {
  aKeyFamily,
  aKmsKey,
  accepted,
  eventually,
  frankfurt,
  home,
  ireland,
  numberedMultiRegionKeyId,
  plenty,
} from '@keywarden/keys/testing';
import { type AfterCommit, Database, PostgresOverloaded } from './database';
import type { PostgresStore } from './open-postgres';
import { type PostgresSettings, fullSettings } from './settings';
import { statement } from './statement';
import { TcpProxy } from '@keywarden/services';
import { testStore } from './testing/test-store';

const test = testStore();
const anyRow = statement('any_row', 'SELECT 1 AS one');
const sleep = statement('sleep', 'SELECT pg_sleep($1)');
const within = async <T>(milliseconds: number, call: Promise<T>): Promise<T> => {
  const startedAt = performance.now();
  try {
    return await call;
  } finally {
    expect(performance.now() - startedAt).toBeLessThan(milliseconds);
  }
};

const nobodyWaits: AfterCommit = { announced: () => undefined, settled: async () => undefined };

describe('the connections to Postgres', () => {
  let opened: Database[];
  beforeEach(() => {
    opened = [];
  });
  afterEach(async () => {
    await Promise.all(opened.map((database) => database.close()));
  });
  const open = (settings: Partial<PostgresSettings> = {}): Database => {
    const database = new Database(fullSettings({ url: test.url, ...settings }), nobodyWaits);
    opened.push(database);
    return database;
  };
  const pidOf = async (database: Database) =>
    (await database.query<{ pid: number }>(statement('pid', 'SELECT pg_backend_pid() AS pid'), [])).rows[0]!.pid;

  it('give up on a statement that takes too long, and go on with the next', async () => {
    const database = open({ statementTimeoutMs: 100 });
    await within(1_000, expect(database.query(sleep, [5])).rejects.toThrow('statement timeout'));
    expect((await database.query(anyRow, [])).rows).toEqual([{ one: 1 }]);
  });

  it('give up on a server that says nothing', async () => {
    const proxy = await TcpProxy.to(test.url);
    const database = open({ url: proxy.url, statementTimeoutMs: 100, connectTimeoutMs: 300 });
    await database.query(anyRow, []);
    proxy.fallSilent();
    await within(2_500, expect(database.query(anyRow, [])).rejects.toThrow('timeout'));
    await within(1_500, expect(database.query(anyRow, [])).rejects.toThrow('timeout'));
    proxy.restore();
    expect((await database.query(anyRow, [])).rows).toEqual([{ one: 1 }]);
    await proxy.close();
  });

  it('are bounded, and so is the number of calls that wait for one', async () => {
    const database = open({ poolSize: 1, maxWaiting: 2, connectTimeoutMs: 200 });
    const working = database.query(sleep, [0.5]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const waiting = [database.query(anyRow, []), database.query(anyRow, [])];
    await expect(database.query(anyRow, [])).rejects.toBeInstanceOf(PostgresOverloaded);
    for (const call of waiting) await within(600, expect(call).rejects.toThrow('timeout'));
    await working;
  });

  it('are replaced when the server ends them, idle or at work', async () => {
    const database = open({ poolSize: 1 });
    const pid = await pidOf(database);
    await test.sql('SELECT pg_terminate_backend($1)', [pid]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const next = await pidOf(database);
    expect(next).not.toBe(pid);
    const working = expect(database.query(sleep, [5])).rejects.toThrow('terminating connection');
    await new Promise((resolve) => setTimeout(resolve, 50));
    await test.sql('SELECT pg_terminate_backend($1)', [next]);
    await working;
    expect((await database.query(anyRow, [])).rows).toEqual([{ one: 1 }]);
  });

  it('are kept after an error that Postgres reported and survived', async () => {
    const database = open({ poolSize: 1 });
    const pid = await pidOf(database);
    await expect(database.query(statement('bad', 'SELECT 1 / 0'), [])).rejects.toThrow('division by zero');
    expect(await pidOf(database)).toBe(pid);
  });

  it('never send a value as SQL', async () => {
    const value = "'; DROP TABLE kms_keys; --";
    const echo = statement('echo', 'SELECT $1::text AS value');
    expect((await open().query(echo, [value])).rows).toEqual([{ value }]);
  });

  describe('in a transaction', () => {
    const insert = statement('insert', 'INSERT INTO accounts (id, created_at) VALUES ($1, 0)');
    const countAccounts = async () => (await test.sql('SELECT count(*)::int AS count FROM accounts'))[0]!.count;
    beforeEach(() => test.empty());

    it('store all or nothing: a refusal rolls back', async () => {
      const result = await open().transaction(async (queries) => {
        await queries.query(insert, [home.account]);
        return refuse('no');
      });
      expect(result).toEqual(refuse('no'));
      expect(await countAccounts()).toBe(0);
    });

    it('roll back when the work throws, whatever it throws', async () => {
      const database = open({ poolSize: 1 });
      const failing = database.transaction<never, never>(async (queries) => {
        await queries.query(insert, [home.account]);
        throw new Error('a bug');
      });
      await expect(failing).rejects.toThrow('a bug');
      await database.query(anyRow, []);
      expect(await countAccounts()).toBe(0);
    });

    it('fail when the connection breaks between two statements', async () => {
      const broken = open().transaction<never, never>(async (queries) => {
        const { rows } = await queries.query<{ pid: number }>(statement('pid', 'SELECT pg_backend_pid() AS pid'), []);
        await test.sql('SELECT pg_terminate_backend($1)', [rows[0]!.pid]);
        await new Promise((resolve) => setTimeout(resolve, 100));
        await queries.query(insert, [home.account]);
        throw new Error('not reached');
      });
      await expect(broken).rejects.not.toThrow('not reached');
    });

    it('do not take a commit that did not happen for one', async () => {
      const swallowing = open().transaction(async (queries) => {
        await queries.query(insert, ['bad']).catch(() => undefined);
        return accept('done');
      });
      await expect(swallowing).rejects.toThrow('not committed');
    });

    it('run again what a deadlock undid', async () => {
      const database = open();
      await test.sql("INSERT INTO accounts VALUES ('111122223333', 0), ('444455556666', 0)");
      const lock = statement('lock', 'SELECT id FROM accounts WHERE id = $1 FOR UPDATE');
      let runs = 0;
      const crossing = (first: string, second: string) =>
        database.transaction(async (queries) => {
          runs += 1;
          await queries.query(lock, [first]);
          await queries.query(sleep, [0.05]);
          await queries.query(lock, [second]);
          return accept(first);
        });
      const ids = ['111122223333', '444455556666'] as const;
      expect(await Promise.all([crossing(...ids), crossing(ids[1], ids[0])])).toEqual(ids.map(accept));
      expect(runs).toBeGreaterThan(2);
    });

    it('give up when others undo it again and again', async () => {
      let runs = 0;
      const undone = open().transaction<never, never>(async (queries) => {
        runs += 1;
        await queries.query(statement('undo', "DO $$ BEGIN RAISE SQLSTATE '40001'; END $$"), []);
        throw new Error('not reached');
      });
      await expect(undone).rejects.toMatchObject({ code: '40001' });
      expect(runs).toBe(5);
    });
  });

  describe('for one key', () => {
    let store: PostgresStore;
    beforeEach(async () => {
      await test.empty();
      store = test.open({ statementTimeoutMs: 300 });
      accepted(await store.keys.insert(aKmsKey(), plenty));
    });

    it('read it while another transaction holds it, and give up changing it after the timeout', async () => {
      const other = new Client({ connectionString: test.url });
      await other.connect();
      await other.query('BEGIN; SELECT 1 FROM kms_keys FOR UPDATE');
      expect(await store.keys.find(aKmsKey())).toEqual(aKmsKey());
      const update = store.keys.update(aKmsKey(), (key) => accept({ ...key, description: 'x' }));
      await within(2_000, expect(update).rejects.toThrow('statement timeout'));
      await other.end();
      expect(await store.keys.find(aKmsKey())).toEqual(aKmsKey());
    });

    it('hold a copy that was added while they waited for the others', async () => {
      const id = numberedMultiRegionKeyId(1);
      const [primary, replica] = aKeyFamily(id, frankfurt, ireland) as [KmsKey, KmsKey];
      accepted(
        await store.keys.insert({ ...primary, multiRegion: { ...primary.multiRegion!, replicaRegions: [] } }, plenty),
      );
      const other = new Client({ connectionString: test.url });
      await other.connect();
      await other.query('BEGIN');
      await other.query('SELECT 1 FROM kms_keys WHERE key_id = $1 FOR UPDATE', [id]);
      const announcements = new Client({ connectionString: test.url });
      await announcements.connect();
      await announcements.query('BEGIN; LOCK TABLE announced_changes IN SHARE MODE');
      let locking: Promise<unknown> | undefined;
      const waiting = test.open({ statementTimeoutMs: 5_000 }).keys.updateFamily(primary, (copies) => {
        expect(copies.map(({ region }) => region)).toEqual([frankfurt, ireland]);
        locking = other.query('SELECT 1 FROM kms_keys WHERE region = $1 FOR UPDATE NOWAIT', [ireland]);
        locking.catch(() => undefined);
        return accept({ put: [{ ...primary, description: 'replicated' }], remove: [] });
      });
      await new Promise((resolve) => setTimeout(resolve, 50));
      await other.query(
        `INSERT INTO kms_keys SELECT (jsonb_populate_record(k, $2)).* FROM kms_keys k WHERE key_id = $1`,
        [id, { region: ireland, replica_regions: [ireland] }],
      );
      await other.query('COMMIT');
      await eventually('the decision is made', () => locking !== undefined);
      await expect(locking).rejects.toThrow('could not obtain lock');
      await announcements.end();
      accepted(await waiting);
      expect(await store.keys.find(replica)).toMatchObject({ version: 1 });
      await other.end();
    });

    it('claim other due keys while it is being changed, and it later', async () => {
      const due = { kind: 'PendingDeletion', deletionDate: aKmsKey().createdAt } as const;
      accepted(await store.keys.update(aKmsKey(), (key) => accept({ ...key, state: due })));
      const other = new Client({ connectionString: test.url });
      await other.connect();
      await other.query('BEGIN; SELECT 1 FROM kms_keys FOR UPDATE');
      expect(await within(250, store.dueKeys.claim(due.deletionDate, 1_000, 10))).toEqual([]);
      await other.query('COMMIT');
      await other.end();
      expect(await store.dueKeys.claim(due.deletionDate, 1_000, 10)).toHaveLength(1);
    });
  });
});
