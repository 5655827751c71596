import {
  type Anchor,
  type AuditArchive,
  type StoredCheckpoint,
  checkpointHash,
  readCheckpoint,
} from '@keywarden/audit';
import { aCall, aSigner, sha256 } from '@keywarden/audit/testing';
import { openInMemory } from '@keywarden/in-memory';
import { instant } from '@keywarden/kernel';
import { CountingRandomness, SettableClock } from '@keywarden/kernel/testing';
import { Checkpointer } from './checkpointer';
import { GroupCommitTrail } from './group-commit-trail';
import { retain } from './retention';
import { ManualTimers, testSeal } from './testing/index';
import { verifyTrail } from './verify-trail';

const dayMs = 86_400_000;

/** An archive of which somebody has changed what can be read. */
const changed = (archive: AuditArchive, changes: Partial<AuditArchive>): AuditArchive => ({
  checkpoint: (decide) => archive.checkpoint(decide),
  checkpoints: (after, limit) => archive.checkpoints(after, limit),
  chains: () => archive.chains(),
  records: (chain, after, limit) => archive.records(chain, after, limit),
  cutBefore: (before) => archive.cutBefore(before),
  drop: (cut, checkpoints) => archive.drop(cut, checkpoints),
  ...changes,
});

/** Three chains for ten days: one busy, one that begins late, one that ends early; a checkpoint a day. */
async function tenDays() {
  const clock = new SettableClock();
  const { auditArchive: archive } = openInMemory({ clock });
  const { signer, verify } = aSigner();
  const shared = { digest: sha256, seal: testSeal(), clock };
  const checkpointer = new Checkpointer({ ...shared, archive, signer }, 60_000);
  const randomness = new CountingRandomness();
  const trailOf = () =>
    new GroupCommitTrail({
      ...{ ...shared, writer: archive, timers: new ManualTimers(clock), randomness },
      onChange: () => undefined,
    });
  const [busy, late, early] = [trailOf(), trailOf(), trailOf()];
  const aDay = async (...trails: readonly GroupCommitTrail[]): Promise<void> => {
    for (let hour = 0; hour < 24; hour += 8) {
      for (const trail of trails) await trail.record(aCall());
      if (hour === 16) await checkpointer.makeIfDue();
      clock.advance(dayMs / 3);
    }
  };
  for (let day = 0; day < 10; day += 1) {
    await aDay(busy, ...(day >= 8 ? [late] : []), ...(day < 2 ? [early] : []));
  }
  const retention = { archive, checkpointer, digest: sha256, verify };
  const found = async (from: AuditArchive = archive, anchors: readonly Anchor[] = []) =>
    verifyTrail(from, sha256, verify, { now: undefined, anchors });
  return { clock, archive, checkpointer, busy, aDay, retention, found };
}

const all = (archive: AuditArchive) => archive.checkpoints(0, 1_000);

describe('checkpoints that retention removes', () => {
  it('are bounded however long it goes on, and what stays is whole', async () => {
    const { archive, retention, clock, busy, aDay, found } = await tenDays();
    for (let day = 0; day < 30; day += 1) {
      await aDay(busy);
      await retain(retention, clock.now(), 3);
      expect((await found()).findings).toEqual([]);
      expect((await all(archive)).length).toBeLessThan(10);
    }
    const sizes = (await all(archive)).map(({ body }) => body.length);
    expect(Math.max(...sizes)).toBeLessThan(2_000);
  });

  it('leave behind where chains began that say nothing for days', async () => {
    const { archive, retention, clock, found, busy, checkpointer } = await tenDays();
    await retain(retention, clock.now(), 3);
    for (let day = 0; day < 5; day += 1) {
      clock.advance(dayMs);
      await checkpointer.makeIfDue();
    }
    await busy.record(aCall());
    await checkpointer.witness([]);
    expect((await retain(retention, clock.now(), 6)).checkpointsRemoved).toBeGreaterThan(0);
    expect(await found()).toMatchObject({ findings: [] });
    expect((await all(archive))[0]!.number).toBeGreaterThan(7);
  });

  it('leave behind how far chains had come whose records stay', async () => {
    const { archive, clock, retention, found } = await tenDays();
    const chains = await Promise.all(
      (await archive.chains()).map(async (id) => ({ id, records: await archive.records(id, 0, 10) })),
    );
    const late = chains.find(({ records }) => records.length === 6 && records[0]!.at > clock.now() - 3 * dayMs)!;
    clock.advance(2 * dayMs);
    // All checkpoints that have seen the tail go, and no record of the chain.
    const stay = changed(archive, {
      cutBefore: async () => ({ before: instant(clock.now() - dayMs), chains: [] }),
      drop: (_cut, checkpoints) => archive.drop({ before: instant(0), chains: [] }, checkpoints),
    });
    expect(await retain({ ...retention, archive: stay }, clock.now(), 1)).toMatchObject({ checkpointsRemoved: 10 });
    expect((await all(archive)).map(({ number }) => number)).toEqual([11]);
    const cut = changed(archive, {
      records: async (chain, after, limit) =>
        (await archive.records(chain, after, limit)).filter(({ seq }) => chain !== late.id || seq < 2),
    });
    expect((await found(cut)).findings).toMatchObject([{ kind: 'TailCutOff', chain: late.id, seq: 2 }]);
  });

  it('cannot be passed off as removed by somebody else', async () => {
    const { archive, clock, retention, found } = await tenDays();
    const without = (number: number): AuditArchive =>
      changed(archive, { checkpoints: (after, limit) => archive.checkpoints(Math.max(after, number), limit) });
    expect((await found(without(3))).findings[0]).toMatchObject({ kind: 'CheckpointsDoNotFollow', checkpoint: 4 });
    await retain(retention, clock.now(), 3);
    expect((await found()).findings).toEqual([]);
    // One more than was stated.
    expect((await found(without(8))).findings).toMatchObject([{ kind: 'CheckpointsDoNotFollow', checkpoint: 9 }]);
  });

  it('do no harm when they are still there after they were stated to go', async () => {
    const { archive, clock, retention, found } = await tenDays();
    const dying = changed(archive, { drop: () => Promise.reject(new Error('killed')) });
    await expect(retain({ ...retention, archive: dying }, clock.now(), 3)).rejects.toThrow('killed');
    expect((await found()).findings).toEqual([]);
    await retain(retention, clock.now(), 3);
    expect((await found()).findings).toEqual([]);
  });

  it('are kept when something is wrong with them, and nothing of it is signed anew', async () => {
    const { archive, clock, retention } = await tenDays();
    const forged = changed(archive, {
      checkpoints: async (after, limit) =>
        (await archive.checkpoints(after, limit)).map((one) =>
          one.number === 3 ? { ...one, body: one.body.replace('"heads":[[', '"heads":[["forged",9,"hash"],[') } : one,
        ),
    });
    const report = await retain({ ...retention, archive: forged }, clock.now(), 3);
    expect(report).toMatchObject({ checkpointsRemoved: 0, keptFor: { kind: 'CheckpointNotGenuine', checkpoint: 3 } });
    const left = await all(archive);
    expect(left[0]?.number).toBe(1);
    expect(readCheckpoint(left.at(-1)!.body)).toMatchObject({ cut: { before: clock.now() - 3 * dayMs } });
    expect(left.at(-1)!.body).not.toContain('forged');
  });

  it('leave anchors of their time without meaning, and say so', async () => {
    const { archive, clock, retention, found } = await tenDays();
    const anchorOf = (checkpoint: StoredCheckpoint): Anchor => ({
      ...{ number: checkpoint.number, at: 0, hash: checkpointHash(checkpoint, sha256) },
    });
    const anchors = (await all(archive)).map(anchorOf);
    await retain(retention, clock.now(), 3);
    // Six are too old; the seventh is named by the statement, the others are there.
    expect(await found(archive, anchors)).toMatchObject({ findings: [], anchorsTooOld: 6 });
    const wrong = { ...anchors[6]!, hash: anchors[5]!.hash };
    expect((await found(archive, [wrong])).findings).toMatchObject([{ kind: 'AnchorNotMet', checkpoint: 7 }]);
  });
});
