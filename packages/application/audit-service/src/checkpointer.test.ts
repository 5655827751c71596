import { readCheckpoint } from '@keywarden/audit';
import { aCall, aKey, aSigner, sha256 } from '@keywarden/audit/testing';
import { openInMemory } from '@keywarden/in-memory';
import { CountingRandomness, SettableClock } from '@keywarden/kernel/testing';
import { Checkpointer } from './checkpointer';
import { GroupCommitTrail } from './group-commit-trail';
import { recordPendingActs } from './record-pending-acts';
import { retain } from './retention';
import { ManualTimers, testSeal } from './testing/index';
import { verifyTrail } from './verify-trail';

const dayMs = 86_400_000;
const intervalMs = 60_000;

function suite(word?: string) {
  const clock = new SettableClock();
  const { auditArchive: archive } = openInMemory({ clock });
  const { signer, verify } = aSigner();
  const checkpointer = new Checkpointer({ archive, signer, seal: testSeal(), digest: sha256, clock }, intervalMs);
  const randomness = new CountingRandomness();
  const trailOf = () =>
    new GroupCommitTrail({
      ...{ writer: archive, digest: sha256, seal: testSeal(word), clock, timers: new ManualTimers(clock), randomness },
      onChange: () => undefined,
    });
  const checked = () => verifyTrail(archive, sha256, verify, { now: clock.now(), anchors: [] });
  return { clock, archive, checkpointer, trailOf, checked };
}

describe('checkpoints', () => {
  it('are made at every interval, also when nothing happens', async () => {
    const { clock, checkpointer, archive, checked } = suite();
    for (let passed = 0; passed < 5 * intervalMs; passed += 10_000) {
      await checkpointer.makeIfDue();
      clock.advance(10_000);
    }
    expect(await archive.checkpoints(0, 10)).toHaveLength(5);
    expect(await checked()).toMatchObject({ findings: [], checkpoints: 5, silences: [] });
  });

  it('cover every chain that moved', async () => {
    const { clock, checkpointer, trailOf, checked } = suite();
    const trails = [trailOf(), trailOf(), trailOf()];
    for (const trail of trails) await Promise.all([trail.record(aCall()), trail.record(aCall())]);
    const made = await checkpointer.makeIfDue();
    expect(readCheckpoint(made!.body)!.heads.map(({ seq }) => seq)).toEqual([2, 2, 2]);
    clock.advance(intervalMs);
    await trails[1]!.record(aCall());
    const next = await checkpointer.makeIfDue();
    expect(readCheckpoint(next!.body)!.heads.map(({ seq }) => seq)).toEqual([3]);
    expect(await checked()).toMatchObject({ findings: [], records: 7, chains: 3, notYetCovered: 0 });
  });

  it('do not vouch for a head that no node of the deployment has sealed', async () => {
    const { checkpointer, trailOf, checked } = suite('a word somebody made up');
    await trailOf().record(aCall());
    const made = await checkpointer.makeIfDue();
    expect(readCheckpoint(made!.body)).toMatchObject({ heads: [], doubtful: [expect.any(String)] });
    expect((await checked()).findings).toMatchObject([{ kind: 'ChainDoubtful', checkpoint: 1 }]);
  });

  it('are not set before the one before, whatever the clock says', async () => {
    const { clock, checkpointer, checked } = suite();
    await checkpointer.makeIfDue();
    clock.advance(intervalMs);
    await checkpointer.makeIfDue();
    clock.advance(-10 * intervalMs);
    await checkpointer.cut({ before: clock.now(), chains: [] });
    expect((await checked()).findings).toEqual([]);
  });
});

describe('retention', () => {
  it('removes whole days, and leaves what stays checkable', async () => {
    const { clock, archive, checkpointer, trailOf, checked } = suite();
    const trail = trailOf();
    for (let day = 0; day < 10; day += 1) {
      await trail.record(aCall());
      await checkpointer.makeIfDue();
      clock.advance(dayMs);
    }
    const report = await retain(archive, checkpointer, clock.now(), 3);
    expect(report).toEqual({ before: clock.now() - 3 * dayMs, daysRemoved: 7 });
    expect(await checked()).toMatchObject({ findings: [], records: 3 });
  });

  it('does nothing when all is young', async () => {
    const { clock, archive, checkpointer, trailOf } = suite();
    await trailOf().record(aCall());
    expect(await retain(archive, checkpointer, clock.now(), 1)).toEqual({ before: undefined, daysRemoved: 0 });
    expect(await archive.checkpoints(0, 10)).toEqual([]);
  });

  it.each([0, -1, 1.5])('refuses to keep %p days', async (days) => {
    const { clock, archive, checkpointer } = suite();
    await expect(retain(archive, checkpointer, clock.now(), days)).rejects.toThrow(RangeError);
  });

  it('by anybody else is found out', async () => {
    const { clock, archive, checkpointer, trailOf, checked } = suite();
    const trail = trailOf();
    await trail.record(aCall());
    clock.advance(dayMs);
    await trail.record(aCall());
    await checkpointer.makeIfDue();
    const cut = await archive.cutBefore(clock.now());
    await archive.drop(cut!);
    expect((await checked()).findings).toMatchObject([{ kind: 'RecordsMissing', seq: 1 }]);
  });
});

describe('acts of the service', () => {
  const pending = () => {
    const acts = [1, 2].map((count) => ({
      ...{ key: aKey, act: { name: 'DeleteKey' } as const, at: new SettableClock().now() },
      eventId: `20000000-0000-4000-8000-00000000000${count}`,
    }));
    return {
      acts,
      list: async (limit: number) => acts.slice(0, limit),
      remove: async (ids: readonly string[]) =>
        void acts.splice(0, acts.length, ...acts.filter(({ eventId }) => !ids.includes(eventId))),
    };
  };

  it('come on record and wait no longer', async () => {
    const { archive, trailOf } = suite();
    const waiting = pending();
    expect(await recordPendingActs(waiting, trailOf(), 10)).toBe(2);
    expect(waiting.acts).toEqual([]);
    const [chain] = await archive.chains();
    expect((await archive.records(chain!, 0, 10)).map(({ eventName }) => eventName)).toEqual([
      'DeleteKey',
      'DeleteKey',
    ]);
    expect(await recordPendingActs(waiting, trailOf(), 10)).toBe(0);
  });

  it('go on waiting when the trail does not take them', async () => {
    const waiting = pending();
    const closed = { recordAct: () => Promise.reject(new Error('closed')) };
    await expect(recordPendingActs(waiting, closed, 10)).rejects.toThrow('closed');
    expect(waiting.acts).toHaveLength(2);
  });
});
