import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { aSigner, sha256 } from '@keywarden/audit/testing';
import { ActRecorder, Checkpointer, verifyTrail } from '@keywarden/audit-service';
import { testSeal } from '@keywarden/audit-service/testing';
import { instant } from '@keywarden/kernel';
import { Client } from 'pg';
import type { PostgresStore } from './open-postgres';
import { testStore } from './testing/test-store';

const database = testStore();
const clock = { now: () => instant(Date.now()) };
const parts = { digest: sha256, seal: testSeal(), clock };

/** As each scheduler has one. */
const recorderOn = (store: PostgresStore): ActRecorder =>
  new ActRecorder({ ...parts, acts: store.pendingActs, randomness: { uuid: () => randomUUID() } });

/** Acts as a rotation leaves them. */
async function waiting(count: number): Promise<readonly string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  await database.sql(
    `INSERT INTO audit_pending_acts (event_id, sequence, account_id, region, key_id, happened_at, type, details)
     SELECT id, row_number() OVER (), '111122223333', 'eu-central-1', '1234abcd-12ab-34cd-56ef-1234567890ab', 0,
            'KeyRotated', '{"rotation-type": "AUTOMATIC"}' FROM unnest($1::uuid[]) AS id`,
    [ids],
  );
  return ids;
}

const onRecord = async (): Promise<readonly unknown[]> =>
  (await database.sql('SELECT event_id FROM audit_records ORDER BY event_id')).map(({ event_id: id }) => id);

/** Somebody who makes the removal of acts wait, after they were appended. */
async function holdingRemoval<T>(work: (blocked: () => Promise<number>) => Promise<T>): Promise<T> {
  const blocker = new Client({ connectionString: database.url });
  await blocker.connect();
  try {
    await blocker.query('BEGIN; LOCK TABLE audit_pending_acts IN SHARE MODE');
    return await work(async () => {
      for (;;) {
        const [row] = await database.sql(
          `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
           AND query LIKE 'DELETE FROM audit_pending_acts%'`,
        );
        if (row !== undefined) return Number(row['pid']);
        await delay(20);
      }
    });
  } finally {
    await blocker.query('ROLLBACK');
    await blocker.end();
  }
}

describe('acts of the service', () => {
  beforeEach(() => database.empty());

  it('are on record once when the connection dies between their record and their removal', async () => {
    const ids = await waiting(3);
    const dying = recorderOn(database.open());
    await holdingRemoval(async (blocked) => {
      const recording = dying.record(10).catch((fault: unknown) => fault);
      await database.sql('SELECT pg_terminate_backend($1)', [await blocked()]);
      expect(await recording).toBeInstanceOf(Error);
    });
    const next = recorderOn(database.open());
    const counts = [await next.record(10), await dying.record(10)];
    expect(counts).toEqual([3, 0]);
    expect(await onRecord()).toEqual([...ids].sort());
  });

  it('are on record once however many record them', async () => {
    const ids = await waiting(60);
    const recorders = Array.from({ length: 4 }, () => recorderOn(database.open({ poolSize: 2 })));
    const count = async (recorder: ActRecorder): Promise<number> => {
      let all = 0;
      for (let idle = 0; idle < 3;) {
        const some = await recorder.record(7);
        all += some;
        idle = some === 0 ? idle + 1 : 0;
      }
      return all;
    };
    const counts = await Promise.all(recorders.map(count));
    expect(counts.reduce((sum, one) => sum + one)).toBe(60);
    expect(await onRecord()).toEqual([...ids].sort());
  });

  it('stand in chains that are whole', async () => {
    const store = database.open();
    const recorder = recorderOn(store);
    await waiting(5);
    await recorder.record(2);
    await recorder.record(10);
    const { signer, verify } = aSigner();
    await new Checkpointer({ ...parts, archive: store.auditArchive, signer }, 1).makeIfDue();
    const report = await verifyTrail(store.auditArchive, sha256, verify, { now: undefined, anchors: [] });
    expect(report).toMatchObject({ findings: [], chains: 1, records: 5, notYetCovered: 0 });
  });

  it('that no release knows wait no longer', async () => {
    await waiting(1);
    await database.sql(`UPDATE audit_pending_acts SET type = 'KeyTagged'`);
    expect(await recorderOn(database.open()).record(10)).toBe(0);
    expect(await database.sql('SELECT 1 FROM audit_pending_acts')).toEqual([]);
  });
});
