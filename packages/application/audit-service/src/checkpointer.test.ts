import { type AuditArchive, type SealedHead, readCheckpoint } from '@keywarden/audit';
import { aCall, aSigner, sha256 } from '@keywarden/audit/testing';
import { openInMemory } from '@keywarden/in-memory';
import { CountingRandomness, SettableClock } from '@keywarden/kernel/testing';
import { Checkpointer } from './checkpointer';
import { GroupCommitTrail } from './group-commit-trail';
import { retain } from './retention';
import { ManualTimers, testSeal } from './testing/index';
import { verifyTrail } from './verify-trail';

const dayMs = 86_400_000;
const intervalMs = 60_000;

function suite(word?: string) {
  const clock = new SettableClock();
  const { auditArchive: archive } = openInMemory({ clock });
  const { signer, verify } = aSigner();
  const parts = { archive, signer, seal: testSeal(), digest: sha256, clock };
  const checkpointer = new Checkpointer(parts, intervalMs);
  const randomness = new CountingRandomness();
  const trailOf = () =>
    new GroupCommitTrail({
      ...{ writer: archive, digest: sha256, seal: testSeal(word), clock, timers: new ManualTimers(clock), randomness },
      onChange: () => undefined,
    });
  const checked = (from: AuditArchive = archive) =>
    verifyTrail(from, sha256, verify, { now: clock.now(), anchors: [] });
  const retention = { archive, checkpointer, digest: sha256, verify };
  return { clock, archive, parts, checkpointer, retention, trailOf, checked };
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

  it('cover at once what processes of before have left', async () => {
    const { clock, checkpointer, parts, trailOf } = suite();
    await checkpointer.makeIfDue();
    await trailOf().record(aCall());
    clock.advance(1_000);
    expect(await checkpointer.makeIfDue()).toBeUndefined();
    const next = new Checkpointer(parts, intervalMs);
    expect(readCheckpoint((await next.makeIfDue())!.body)).toMatchObject({ number: 2, heads: [{ seq: 1 }] });
    expect(await new Checkpointer(parts, intervalMs).makeIfDue()).toBeUndefined();
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

  it('are made with the keys of now: others may have changed over before', async () => {
    const { parts, trailOf, checked, checkpointer } = suite('the word of now');
    await trailOf().record(aCall());
    let seal = testSeal();
    const refreshed = new Checkpointer(
      {
        ...parts,
        seal: { seal: (text) => seal.seal(text), holds: (text, given) => seal.holds(text, given) },
        refresh: async () => void (seal = testSeal('the word of now')),
      },
      intervalMs,
    );
    expect(readCheckpoint((await refreshed.makeIfDue())!.body)).toMatchObject({ heads: [{ seq: 1 }], doubtful: [] });
    expect(await checkpointer.makeIfDue()).toBeUndefined();
    expect((await checked()).findings).toEqual([]);
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

const noHead: SealedHead = { chain: '', seq: 0, hash: '', seal: '' };

/** An archive as it is after somebody has put a chain back to where it once stood, seal and all. */
function putBack(archive: AuditArchive, to: SealedHead): AuditArchive {
  return {
    checkpoint: (decide) =>
      archive.checkpoint(({ last, moved }) =>
        decide({ last, moved: moved.map((head) => (head.chain === to.chain ? to : head)) }),
      ),
    checkpoints: (after, limit) => archive.checkpoints(after, limit),
    chains: () => archive.chains(),
    records: async (chain, after, limit) =>
      (await archive.records(chain, after, limit)).filter(({ seq }) => chain !== to.chain || seq <= to.seq),
    cutBefore: (before) => archive.cutBefore(before),
    drop: (cut, checkpoints) => archive.drop(cut, checkpoints),
  };
}

describe('a tail that is cut off before a checkpoint covers it', () => {
  /** A chain of three records under a checkpoint that covers the first, and a store that is cut there when it is told. */
  const aCutTail = async () => {
    const { archive, parts, clock, trailOf, checked } = suite();
    let stored: AuditArchive = archive;
    const checkpointer = new Checkpointer(
      { ...parts, archive: { ...putBack(archive, noHead), checkpoint: (decide) => stored.checkpoint(decide) } },
      intervalMs,
    );
    const trail = trailOf();
    const heads = async (): Promise<readonly SealedHead[]> => {
      let seen: readonly SealedHead[] = [];
      await archive.checkpoint(({ moved }) => void (seen = moved));
      return seen;
    };
    await trail.record(aCall());
    const [first] = await heads();
    await checkpointer.makeIfDue();
    await Promise.all([trail.record(aCall()), trail.record(aCall())]);
    const [last] = await heads();
    clock.advance(1_000);
    const cut = (): void => void (stored = putBack(archive, first!));
    return { checkpointer, clock, last: last!, cut, found: async () => (await checked(stored)).findings };
  };

  it('is found when a maker of checkpoints has seen it', async () => {
    const { checkpointer, clock, cut, found } = await aCutTail();
    expect(await checkpointer.makeIfDue()).toBeUndefined();
    cut();
    clock.advance(intervalMs);
    await checkpointer.makeIfDue();
    expect(await found()).toMatchObject([{ kind: 'TailCutOff', seq: 2, checkpoint: 2 }]);
    // It is stated once; whoever makes the next has nothing more to say.
    clock.advance(intervalMs);
    expect(readCheckpoint((await checkpointer.makeIfDue())!.body)!.heads.map(({ seq }) => seq)).not.toContain(3);
  });

  it('is found when the process that wrote it says so', async () => {
    const { checkpointer, last, cut, found } = await aCutTail();
    cut();
    await checkpointer.witness([last]);
    expect(await found()).toMatchObject([{ kind: 'TailCutOff', seq: 2 }]);
  });

  it('is not found when nobody who knew of it lives: that is the window that is left', async () => {
    const { clock, cut, checkpointer, found } = await aCutTail();
    cut();
    clock.advance(intervalMs);
    await checkpointer.makeIfDue();
    expect(await found()).toEqual([]);
  });
});

describe('retention', () => {
  it('removes whole days, and leaves what stays checkable', async () => {
    const { clock, retention, checkpointer, trailOf, checked } = suite();
    const trail = trailOf();
    for (let day = 0; day < 10; day += 1) {
      await trail.record(aCall());
      await checkpointer.makeIfDue();
      clock.advance(dayMs);
    }
    const report = await retain(retention, clock.now(), 3);
    expect(report).toMatchObject({ before: clock.now() - 3 * dayMs, daysRemoved: 7, checkpointsRemoved: 7 });
    expect(await checked()).toMatchObject({ findings: [], records: 3 });
  });

  it('does nothing when all is young', async () => {
    const { clock, archive, retention, trailOf } = suite();
    await trailOf().record(aCall());
    expect(await retain(retention, clock.now(), 1)).toMatchObject({ before: undefined, daysRemoved: 0 });
    expect(await archive.checkpoints(0, 10)).toEqual([]);
  });

  it.each([0, -1, 1.5])('refuses to keep %p days', async (days) => {
    const { clock, retention } = suite();
    await expect(retain(retention, clock.now(), days)).rejects.toThrow(RangeError);
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
