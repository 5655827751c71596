import type { ChainHead } from '@keywarden/audit';
import { SettableClock } from '@keywarden/kernel/testing';
import { SignedWitness } from './signed-witness';
import { ManualTimers, settled } from './testing/index';

const head = (seq: number): ChainHead => ({ chain: `10000000-0000-4000-8000-00000000000${seq}`, seq, hash: 'a' });

function suite() {
  const timers = new ManualTimers(new SettableClock());
  const said: (readonly ChainHead[])[] = [];
  const faults: unknown[] = [];
  let answer: () => Promise<never | void> = async () => undefined;
  const checkpointer = {
    witness: async (heads: readonly ChainHead[]) => {
      await answer();
      said.push(heads);
      return { number: 1, body: '', signature: '' };
    },
  };
  const witness = new SignedWitness(checkpointer, timers, 3_000, (fault) => faults.push(fault));
  return { timers, said, faults, witness, answers: (how: typeof answer) => (answer = how) };
}

describe('what a process knows of its chains', () => {
  it('is said at once when somebody changed one, and at the end', async () => {
    const { witness, said } = suite();
    witness.moved(head(1));
    await settled();
    await witness.ended(head(2));
    expect(said).toEqual([[head(1)], [head(2)]]);
  });

  it('is nothing when nothing was written', async () => {
    const { witness, said, timers } = suite();
    await witness.ended({ ...head(1), seq: 0 });
    expect(said).toEqual([]);
    expect(timers.pending).toBe(0);
  });

  it('is said later when it cannot be said now', async () => {
    const { witness, said, faults, answers } = suite();
    answers(() => Promise.reject(new Error('the store is gone')));
    witness.moved(head(1));
    await settled();
    answers(async () => undefined);
    await witness.ended(head(2));
    expect(said).toEqual([[head(1), head(2)]]);
    expect(faults).toHaveLength(1);
  });

  it('keeps no process from ending', async () => {
    const { witness, timers, faults, answers } = suite();
    answers(() => new Promise(() => undefined));
    let ended = false;
    void witness.ended(head(1)).then(() => (ended = true));
    await timers.pass(2_999);
    expect(ended).toBe(false);
    await timers.pass(1);
    expect(ended).toBe(true);
    expect(faults).toHaveLength(1);
  });
});
