import type { TrailKey } from '@keywarden/audit';
import { aCall, aSigner, sha256 } from '@keywarden/audit/testing';
import { openInMemory } from '@keywarden/in-memory';
import { instant } from '@keywarden/kernel';
import { CountingRandomness, SettableClock } from '@keywarden/kernel/testing';
import { Checkpointer } from './checkpointer';
import { MalformedEvidence, evidenceLines, verifyEvidence } from './evidence-file';
import { GroupCommitTrail } from './group-commit-trail';
import { ManualTimers, testSeal } from './testing/index';

const { signer, verify } = aSigner();

async function lines(keys: readonly TrailKey[] = []): Promise<string[]> {
  const clock = new SettableClock();
  const { auditArchive: archive } = openInMemory({ clock });
  const shared = { seal: testSeal(), digest: sha256, clock };
  const randomness = new CountingRandomness();
  for (let chain = 0; chain < 2; chain += 1) {
    const parts = {
      ...shared,
      writer: archive,
      randomness,
      timers: new ManualTimers(clock),
      onChange: () => undefined,
    };
    const trail = new GroupCommitTrail(parts);
    for (let call = 0; call < 5; call += 1) await trail.record(aCall());
    await new Checkpointer({ ...shared, archive, signer }, 1).makeIfDue();
    clock.advance(60_000);
  }
  const all: string[] = [];
  for await (const line of evidenceLines(archive, keys)) all.push(line);
  return all;
}

const check = (given: readonly string[]) =>
  verifyEvidence(given, sha256, () => verify, { now: undefined, anchors: [] });

describe('an evidence file', () => {
  it('is verified without anything but a public key', async () => {
    expect(await check(await lines())).toMatchObject({ findings: [], checkpoints: 2, chains: 2, records: 10 });
  });

  it('shows a record that was changed in it', async () => {
    const changed = (await lines()).map((line, index) => (index === 9 ? line.replace('alice', 'mallory') : line));
    expect((await check(changed)).findings).toMatchObject([{ kind: 'RecordChanged', seq: 3 }]);
  });

  it('shows a record that is no JSON any more', async () => {
    const changed = (await lines()).map((line, index) => (index === 9 ? line.replace('"text":"{', '"text":"') : line));
    expect((await check(changed)).findings).toMatchObject([{ kind: 'RecordChanged', seq: 3 }]);
  });

  it('shows a record that was taken out', async () => {
    const changed = (await lines()).filter((_, index) => index !== 4);
    expect((await check(changed)).findings).toMatchObject([{ kind: 'RecordsMissing', seq: 3 }]);
  });

  it.each(['{}', 'null', '[]', 'no JSON', '{"kind":"record","seq":"1"}', '{"kind":"checkpoint","number":1}'])(
    'is no file with the line %j',
    async (line) => {
      await expect(check([...(await lines()), line])).rejects.toThrow(MalformedEvidence);
    },
  );

  it('has the keys of the trail before all else, for who checks it to make of them what they will', async () => {
    const succession = { at: instant(7), byFormer: 'one', byLatter: 'other' };
    const keys = [{ publicKey: 'first' }, { publicKey: 'second', succession }];
    const all = await lines(keys);
    let told: readonly TrailKey[] = [];
    const trust = (given: readonly TrailKey[]) => {
      told = given;
      return verify;
    };
    const report = await verifyEvidence(all, sha256, trust, { now: undefined, anchors: [] });
    expect(report.findings).toEqual([]);
    expect(told).toEqual(keys);
    await expect(check([...all.slice(2), all[0]!])).rejects.toThrow(MalformedEvidence);
    await expect(check(['{"kind":"key","publicKey":"a","succession":{"at":"now"}}'])).rejects.toThrow('line 1');
  });

  it('has its checkpoints first', async () => {
    const [first, ...rest] = await lines();
    await expect(check([...rest, first!])).rejects.toThrow('line 12');
  });
});
