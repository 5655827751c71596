import { randomUUID } from 'node:crypto';
import { aCall, aSigner, auditStoreContract, sha256 } from '@keywarden/audit/testing';
import {
  Checkpointer,
  GroupCommitTrail,
  SignedWitness,
  retain,
  usualOptions,
  verifyTrail,
} from '@keywarden/audit-service';
import { testSeal } from '@keywarden/audit-service/testing';
import { instant } from '@keywarden/kernel';
import type { PostgresStore } from './open-postgres';
import { testStore } from './testing/test-store';

const database = testStore();
let shared: PostgresStore | undefined;
const emptyStore = async (): Promise<PostgresStore> => {
  await database.empty();
  return (shared ??= database.open());
};

auditStoreContract(emptyStore);

const dayMs = 86_400_000;
const timers = {
  after: (milliseconds: number, run: () => void) => {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** Nodes and schedulers at work on one database. */
async function deployment(now: () => number = Date.now) {
  const store = await emptyStore();
  const clock = { now: () => instant(now()) };
  const { signer, verify } = aSigner();
  const parts = { digest: sha256, seal: testSeal(), clock };
  const trailOf = (writer: PostgresStore['chainWriter']) =>
    new GroupCommitTrail(
      { ...parts, writer, timers, randomness: { uuid: () => randomUUID() }, onChange: () => undefined },
      { ...usualOptions, deadlineMs: 30_000, batch: 7 },
    );
  const checkpointer = new Checkpointer({ ...parts, archive: store.auditArchive, signer }, 1);
  const witnessed = (writer: PostgresStore['chainWriter']) =>
    new GroupCommitTrail(
      {
        ...{ ...parts, writer, timers, randomness: { uuid: () => randomUUID() }, onChange: () => undefined },
        witness: new SignedWitness(checkpointer, timers, 10_000, (fault) => {
          throw fault;
        }),
      },
      { ...usualOptions, deadlineMs: 30_000 },
    );
  const verified = () => verifyTrail(store.auditArchive, sha256, verify, { now: undefined, anchors: [] });
  const retention = { archive: store.auditArchive, checkpointer, digest: sha256, verify };
  return { store, trailOf, witnessed, checkpointer, verified, retention };
}

describe('many nodes at once', () => {
  it('write whole chains, while checkpoints are made that cover what is committed and nothing else', async () => {
    const { trailOf, checkpointer, verified } = await deployment();
    const trails = [1, 2, 3, 4].map(() => trailOf(database.open({ poolSize: 2 }).chainWriter));
    let writing = true;
    const schedulers = [1, 2].map(async () => {
      let made = 0;
      while (writing) if ((await checkpointer.makeIfDue()) !== undefined) made += 1;
      return made;
    });
    const written = trails.map(async (trail) => {
      for (let round = 0; round < 10; round += 1) await Promise.all([1, 2, 3, 4, 5].map(() => trail.record(aCall())));
    });
    await Promise.all(written).finally(() => {
      writing = false;
    });
    const made = await Promise.all(schedulers);
    await checkpointer.cut({ before: instant(0), chains: [] });
    expect(made.reduce((sum, count) => sum + count)).toBeGreaterThan(1);
    expect(await verified()).toMatchObject({ findings: [], chains: 4, records: 200, notYetCovered: 0 });
  });

  it('go on writing while old days are removed', async () => {
    let now = Date.UTC(2026, 0, 1);
    const { store, trailOf, checkpointer, verified, retention } = await deployment(() => now);
    const trail = trailOf(store.chainWriter);
    for (let day = 0; day < 5; day += 1) {
      await trail.record(aCall());
      await checkpointer.makeIfDue();
      now += dayMs;
    }
    const writes = Promise.all(Array.from({ length: 50 }, () => trail.record(aCall())));
    const report = await retain(retention, instant(now), 2);
    await writes;
    // The day before the first record was made, and the days after the last one, count as well.
    expect(report).toMatchObject({ before: now - 2 * dayMs });
    expect(report.daysRemoved).toBeGreaterThanOrEqual(3);
    expect(report).toMatchObject({ checkpointsRemoved: 3, keptFor: undefined });
    expect((await store.auditArchive.checkpoints(0, 10)).map(({ number }) => number)).toEqual([4, 5, 6]);
    expect(await verified()).toMatchObject({ findings: [], records: 52 });
  });
});

describe('the trail of a process', () => {
  it('is written again by itself after its table was away', async () => {
    const { trailOf, store, verified } = await deployment();
    const trail = trailOf(store.chainWriter);
    await trail.record(aCall());
    await database.sql('ALTER TABLE audit_chains RENAME TO audit_chains_away');
    await expect(trail.record(aCall())).rejects.toThrow('does not work');
    expect(() => trail.assertOpen()).toThrow('does not work');
    await database.sql('ALTER TABLE audit_chains_away RENAME TO audit_chains');
    for (let tries = 0; tries < 100 && !trail.status.open; tries += 1)
      await new Promise((done) => setTimeout(done, 100));
    await trail.record(aCall());
    // The record of the call that failed is there too: it may have had its effect.
    expect(await verified()).toMatchObject({ records: 3, chains: 1, findings: [{ kind: 'NoCheckpoint' }] });
  });

  it('says what was cut off of it, head, seal and coverage put back to what they were', async () => {
    const { store, witnessed, checkpointer, verified } = await deployment();
    const trail = witnessed(store.chainWriter);
    await trail.record(aCall());
    await checkpointer.makeIfDue();
    await database.sql('CREATE TABLE kept_chains AS SELECT * FROM audit_chains');
    await Promise.all([trail.record(aCall()), trail.record(aCall())]);
    await database.sql('DELETE FROM audit_records WHERE seq > 1');
    await database.sql('DELETE FROM audit_chains');
    await database.sql('INSERT INTO audit_chains SELECT * FROM kept_chains');
    await database.sql('DROP TABLE kept_chains');
    expect(await verified()).toMatchObject({ findings: [], records: 1 });
    await expect(trail.record(aCall())).rejects.toThrow('does not work');
    for (let tries = 0; tries < 100 && !trail.status.open; tries += 1)
      await new Promise((done) => setTimeout(done, 100));
    await trail.close();
    expect((await verified()).findings).toMatchObject([{ kind: 'TailCutOff', seq: 2, checkpoint: 2 }]);
    const [covered] = await database.sql('SELECT max(seq)::int AS seq FROM audit_coverage');
    expect(covered).toEqual({ seq: 3 });
  });

  it('begins a new chain when somebody moved the head of its own', async () => {
    const { trailOf, store, verified } = await deployment();
    const trail = trailOf(store.chainWriter);
    await trail.record(aCall());
    await database.sql('UPDATE audit_chains SET head_seq = 7');
    await expect(trail.record(aCall())).rejects.toThrow('does not work');
    for (let tries = 0; tries < 100 && !trail.status.open; tries += 1)
      await new Promise((done) => setTimeout(done, 100));
    expect(await verified()).toMatchObject({ records: 2, chains: 2 });
  });
});
