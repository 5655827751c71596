import { AuditUnavailable, type ChainHead, ChainMoved } from '@keywarden/audit';
import { aCall, aSigner, sha256 } from '@keywarden/audit/testing';
import { openInMemory } from '@keywarden/in-memory';
import { CountingRandomness, SettableClock } from '@keywarden/kernel/testing';
import { GroupCommitTrail, usualOptions } from './group-commit-trail';
import { ManualTimers, ScriptedWriter, settled, testSeal } from './testing/index';
import { verifyTrail } from './verify-trail';

const uuid = (count: number): string => `10000000-0000-4000-8000-${String(count).padStart(12, '0')}`;

function suite(changes: Partial<typeof usualOptions> = {}) {
  const clock = new SettableClock();
  const timers = new ManualTimers(clock);
  const store = openInMemory({ clock }).auditArchive;
  const writer = new ScriptedWriter(store);
  const states: boolean[] = [];
  const witnessed: { readonly moved?: ChainHead; readonly ended?: ChainHead }[] = [];
  const parts = {
    ...{ writer, digest: sha256, seal: testSeal(), clock, timers, randomness: new CountingRandomness() },
    onChange: ({ open }: { readonly open: boolean }) => states.push(open),
    witness: {
      moved: (moved: ChainHead) => void witnessed.push({ moved }),
      ended: async (ended: ChainHead) => void witnessed.push({ ended }),
    },
  };
  const trail = new GroupCommitTrail(parts, { ...usualOptions, ...changes });
  const texts = async (): Promise<string[]> => {
    const chains = await store.chains();
    const records = await Promise.all(chains.map((chain) => store.records(chain, 0, 100_000)));
    return records.flat().map(({ text }) => (JSON.parse(text) as { requestID: string }).requestID);
  };
  const record = (count: number): Promise<string> =>
    trail.record(aCall({ requestId: uuid(count) })).then(
      () => 'durable',
      (reason: unknown) => (reason instanceof AuditUnavailable ? 'refused' : String(reason)),
    );
  return { clock, timers, store, writer, states, witnessed, trail, texts, record };
}

describe('calls that end together', () => {
  it('are on record in one transaction', async () => {
    const { writer, record, texts } = suite();
    expect(await Promise.all([1, 2, 3].map(record))).toEqual(['durable', 'durable', 'durable']);
    expect(writer.batches.map(({ records }) => records.length)).toEqual([3]);
    expect(await texts()).toEqual([1, 2, 3].map(uuid));
  });

  it('gather for the next one while one commits', async () => {
    const { writer, record, texts } = suite();
    writer.hold();
    const first = record(1);
    await settled();
    const others = [2, 3, 4].map(record);
    await settled();
    writer.release();
    await Promise.all([first, ...others]);
    expect(writer.batches.map(({ records }) => records.length)).toEqual([1, 3]);
    expect(await texts()).toEqual([1, 2, 3, 4].map(uuid));
  });

  it('are split when they are too many for one', async () => {
    const { writer, record } = suite({ batch: 4 });
    await Promise.all(Array.from({ length: 10 }, (_, index) => record(index)));
    expect(writer.batches.map(({ records }) => records.length)).toEqual([4, 4, 2]);
  });

  it('wait until their record is durable, and no longer', async () => {
    const { writer, trail } = suite();
    writer.hold();
    let done = false;
    const waiting = trail.record(aCall()).then(() => (done = true));
    await settled();
    expect(done).toBe(false);
    writer.release();
    await waiting;
    expect(trail.status).toEqual({ waiting: 0, written: 1, batches: 1, open: true });
  });
});

describe('a chain', () => {
  it('links each record to the one before, and can be verified', async () => {
    const { store, record, clock } = suite();
    for (let count = 0; count < 5; count += 1) {
      clock.advance(700);
      await record(count);
    }
    const { verify } = aSigner();
    const report = await verifyTrail(store, sha256, verify, { now: undefined, anchors: [] });
    expect(report).toMatchObject({ records: 5, chains: 1, findings: [{ kind: 'NoCheckpoint' }] });
  });

  it('never goes back in time, whatever the clock does', async () => {
    const { store, record, clock } = suite();
    await record(1);
    clock.advance(-60_000);
    await record(2);
    const [chain] = await store.chains();
    const [first, second] = await store.records(chain!, 0, 2);
    expect(second!.at).toBe(first!.at);
  });

  it('is another one for each process', async () => {
    const { store, clock, timers, record } = suite();
    await record(1);
    const randomness = { uuid: () => uuid(9_999) };
    const parts = {
      writer: store,
      digest: sha256,
      seal: testSeal(),
      clock,
      timers,
      randomness,
      onChange: () => undefined,
    };
    await new GroupCommitTrail(parts).record(aCall());
    expect(await store.chains()).toHaveLength(2);
  });

  it('seals each head that it leaves', async () => {
    const { writer, record } = suite();
    await record(1);
    const { seal, ...head } = writer.batches[0]!.head;
    const { chain, seq, hash } = head;
    expect(testSeal().holds(`keywarden-audit-head-v1\n${chain}\n${seq}\n${hash}`, seal)).toBe(true);
  });
});

describe('when the store fails', () => {
  it('calls that wait are refused at once, and no further one is let in', async () => {
    const { writer, trail, record, states } = suite();
    writer.fail();
    expect(await Promise.all([record(1), record(2)])).toEqual(['refused', 'refused']);
    expect(() => trail.assertOpen()).toThrow(AuditUnavailable);
    expect(states).toEqual([false]);
  });

  it('a call that was under way is refused at once, and yet on record later: it has happened', async () => {
    const { writer, timers, record, texts } = suite();
    writer.fail();
    await record(1);
    expect(await record(2)).toBe('refused');
    writer.work();
    await timers.pass(5_000);
    expect(await texts()).toEqual([1, 2].map(uuid));
  });

  it('it is tried again and again, ever more slowly, and found working by itself', async () => {
    const { writer, trail, timers, record, states } = suite();
    writer.fail();
    await record(1);
    await timers.pass(60_000);
    expect(writer.batches.length).toBeGreaterThan(30);
    expect(writer.batches.length).toBeLessThan(80);
    writer.work();
    await timers.pass(1_000);
    expect(() => trail.assertOpen()).not.toThrow();
    expect(states).toEqual([false, true]);
    expect(await record(2)).toBe('durable');
    expect(timers.pending).toBe(0);
  });

  it('a batch that was stored although its answer never came is there once', async () => {
    const { writer, timers, record, texts } = suite();
    writer.fail(new Error('connection lost'), true);
    expect(await record(1)).toBe('refused');
    writer.work();
    await timers.pass(1_000);
    expect(await record(2)).toBe('durable');
    expect(await texts()).toEqual([1, 2].map(uuid));
  });
});

describe('when the store is slow', () => {
  it('a call waits for its deadline and is refused then', async () => {
    const { writer, timers, record } = suite({ deadlineMs: 2_000 });
    writer.hold();
    const outcomes: string[] = [];
    void record(1).then((outcome) => outcomes.push(outcome));
    await timers.pass(1_500);
    void record(2).then((outcome) => outcomes.push(outcome));
    await timers.pass(499);
    expect(outcomes).toEqual([]);
    await timers.pass(1);
    expect(outcomes).toEqual(['refused']);
    await timers.pass(1_500);
    expect(outcomes).toEqual(['refused', 'refused']);
  });

  it('no further call is let in until it goes on', async () => {
    const { writer, trail, timers, record, texts } = suite({ deadlineMs: 2_000 });
    writer.hold();
    void record(1);
    await timers.pass(2_000);
    expect(() => trail.assertOpen()).toThrow('too slow');
    writer.release();
    await settled();
    expect(() => trail.assertOpen()).not.toThrow();
    expect(await texts()).toEqual([uuid(1)]);
  });

  it('no further call is let in when too many wait', async () => {
    const { writer, trail, record } = suite({ capacity: 3 });
    writer.hold();
    const calls = [1, 2, 3].map(record);
    await settled();
    expect(() => trail.assertOpen()).toThrow('full');
    writer.release();
    expect(await Promise.all(calls)).toEqual(['durable', 'durable', 'durable']);
    expect(() => trail.assertOpen()).not.toThrow();
  });
});

it('begins a new chain when somebody else has moved its own, and loses nothing', async () => {
  const { store, writer, timers, record, texts } = suite();
  await record(1);
  writer.fail(new ChainMoved('moved'));
  expect(await record(2)).toBe('refused');
  writer.work();
  await timers.pass(1_000);
  expect(await store.chains()).toHaveLength(2);
  expect(await texts()).toEqual([1, 2].map(uuid));
});

it('tells where it had brought the chain that somebody else has moved, and at its end where it brought the last', async () => {
  const { writer, witnessed, timers, record, trail } = suite();
  await record(1);
  const [first] = writer.batches;
  writer.fail(new ChainMoved('moved'));
  await record(2);
  const { seal: _seal, ...head } = first!.head;
  expect(witnessed).toEqual([{ moved: head }]);
  writer.work();
  await timers.pass(1_000);
  await trail.close();
  expect(witnessed[1]).toMatchObject({ ended: { seq: 1 } });
  expect(witnessed[1]!.ended!.chain).not.toBe(head.chain);
});

it('goes on in a new chain after a rest, in which retention may have removed the one before', async () => {
  const { store, clock, record, trail, witnessed, texts } = suite();
  await record(1);
  clock.advance(43_199_999);
  await record(2);
  expect(await store.chains()).toHaveLength(1);
  clock.advance(43_200_000);
  expect(await Promise.all([3, 4].map(record))).toEqual(['durable', 'durable']);
  expect(await store.chains()).toHaveLength(2);
  expect((await texts()).toSorted()).toEqual([1, 2, 3, 4].map(uuid));
  clock.advance(43_200_000);
  await trail.close();
  // Of a chain that has rested there is nothing to say.
  expect(witnessed).toMatchObject([{ ended: { seq: 0 } }]);
});

describe('at its end', () => {
  it('writes what is left, and lets nobody in', async () => {
    const { writer, trail, record, texts } = suite();
    writer.hold();
    const call = record(1);
    await settled();
    const closing = trail.close();
    expect(() => trail.assertOpen()).toThrow('closed');
    writer.release();
    expect(await closing).toBe(0);
    expect(await call).toBe('durable');
    expect(await texts()).toEqual([uuid(1)]);
  });

  it('does not wait for ever, and tells what is lost', async () => {
    const { writer, trail, timers, record } = suite({ deadlineMs: 2_000 });
    writer.hold();
    void record(1);
    await settled();
    const closing = trail.close();
    await timers.pass(2_000);
    expect(await closing).toBe(1);
  });
});
