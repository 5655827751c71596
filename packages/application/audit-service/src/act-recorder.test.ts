import { type ChainBatch, ChainMoved, type PendingAct, type PendingActs } from '@keywarden/audit';
import { aKey, sha256 } from '@keywarden/audit/testing';
import { openInMemory } from '@keywarden/in-memory';
import { CountingRandomness, SettableClock } from '@keywarden/kernel/testing';
import { ActRecorder } from './act-recorder';
import { testSeal } from './testing/index';

const eventId = (count: number): string => `20000000-0000-4000-8000-00000000000${count}`;

/** A store in which acts wait, and which does with a transaction what the test says. */
function suite() {
  const clock = new SettableClock();
  const store = openInMemory({ clock }).auditArchive;
  const waiting: PendingAct[] = [1, 2, 3, 4].map((count) => ({
    ...{ key: aKey, act: { name: 'DeleteKey' } as const, at: clock.now(), eventId: eventId(count) },
  }));
  let fault: { readonly error: Error; readonly committed: boolean } | undefined;
  const acts: PendingActs = {
    record: async (limit, batchOf) => {
      const taken = waiting.slice(0, limit);
      if (taken.length === 0) return 0;
      const batch: ChainBatch = batchOf(taken);
      if (fault !== undefined && !fault.committed) throw fault.error;
      await store.begin(batch.after.chain);
      await store.append(batch);
      waiting.splice(0, taken.length);
      if (fault !== undefined) throw fault.error;
      return taken.length;
    },
  };
  const witnessed: object[] = [];
  const durable: string[] = [];
  const recorder = new ActRecorder({
    ...{ acts, digest: sha256, seal: testSeal(), clock, randomness: new CountingRandomness() },
    onDurable: (records) => void durable.push(...records.map(({ eventId: id }) => id)),
    witness: { moved: (head) => void witnessed.push(head), ended: async (head) => void witnessed.push(head) },
  });
  const onRecord = async (): Promise<readonly string[]> => {
    const chains = await store.chains();
    return (await Promise.all(chains.map((chain) => store.records(chain, 0, 100)))).flat().map((one) => one.eventId);
  };
  const failing = async (error: Error, committed = false): Promise<void> => {
    fault = { error, committed };
    await expect(recorder.record(2)).rejects.toThrow(error.message);
    fault = undefined;
  };
  return { store, recorder, onRecord, durable, witnessed, failing, clock };
}

describe('acts of the service', () => {
  it('come on record under their own ids, batch after batch in one chain, and once', async () => {
    const { recorder, store, onRecord, durable, clock } = suite();
    expect(await recorder.record(2)).toBe(2);
    clock.advance(-5_000);
    expect(await recorder.record(3)).toBe(2);
    expect(await recorder.record(2)).toBe(0);
    expect(await onRecord()).toEqual([1, 2, 3, 4].map(eventId));
    expect(durable).toEqual([1, 2, 3, 4].map(eventId));
    const [chain, ...others] = await store.chains();
    expect(others).toEqual([]);
    const times = (await store.records(chain!, 0, 10)).map(({ at }) => at);
    expect(times).toEqual([...times].sort());
  });

  it('go on in another chain when it is not known what became of the last', async () => {
    const { recorder, store, onRecord, failing } = suite();
    await recorder.record(1);
    await failing(new Error('the connection is gone'), true);
    expect(await recorder.record(2)).toBe(1);
    expect((await onRecord()).toSorted()).toEqual([1, 2, 3, 4].map(eventId));
    expect(await store.chains()).toHaveLength(2);
  });

  it('go on in another chain after a rest, in which retention may have removed the one before', async () => {
    const { recorder, store, clock, witnessed, onRecord } = suite();
    await recorder.record(1);
    clock.advance(43_199_999);
    await recorder.record(1);
    expect(await store.chains()).toHaveLength(1);
    clock.advance(43_200_000);
    await recorder.record(2);
    expect(await store.chains()).toHaveLength(2);
    expect((await onRecord()).toSorted()).toEqual([1, 2, 3, 4].map(eventId));
    await recorder.close();
    expect(witnessed).toMatchObject([{ seq: 2 }]);
  });

  it('wait when the store takes none', async () => {
    const { recorder, onRecord, failing } = suite();
    await failing(new Error('the store is gone'));
    expect(await onRecord()).toEqual([]);
    await recorder.record(4);
    expect(await onRecord()).toEqual([1, 2, 3, 4].map(eventId));
  });

  it('are missed when somebody changes their chain: where it stood is said', async () => {
    const { recorder, failing, witnessed } = suite();
    await recorder.record(1);
    await failing(new ChainMoved('moved'));
    await recorder.record(2);
    await recorder.close();
    expect(witnessed).toMatchObject([{ seq: 1 }, { seq: 2 }]);
  });
});
