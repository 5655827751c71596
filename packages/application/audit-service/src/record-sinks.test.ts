import { type ChainedRecord, freshChain } from '@keywarden/audit';
import { SettableClock } from '@keywarden/kernel/testing';
import { type RecordSink, RecordSinks } from './record-sinks';
import { ManualTimers, settled } from './testing/index';

const aRecord = (seq: number): ChainedRecord =>
  ({ ...freshChain('10000000-0000-4000-8000-000000000000'), seq, text: `{"n":${seq}}` }) as unknown as ChainedRecord;
const records = (from: number, to: number): readonly ChainedRecord[] =>
  Array.from({ length: to - from + 1 }, (_, index) => aRecord(from + index));

class ScriptedSink implements RecordSink {
  readonly name = 'scripted';
  readonly got: number[] = [];
  broken = false;
  closed = false;
  tries = 0;
  hold: Promise<void> | undefined;

  async write(given: readonly ChainedRecord[]): Promise<void> {
    this.tries += 1;
    await this.hold;
    if (this.broken) throw new Error('no way through');
    this.got.push(...given.map(({ seq }) => seq));
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

function suite(...sinks: readonly RecordSink[]) {
  const timers = new ManualTimers(new SettableClock());
  const changes: boolean[] = [];
  const options = { capacity: 10, batch: 4, retryMs: { first: 100, most: 400 } };
  const fan = new RecordSinks(sinks, timers, ({ failing }) => changes.push(failing), options);
  return { fan, timers, changes };
}

describe('sinks of records', () => {
  it('get every record once, in order, batch after batch', async () => {
    const sink = new ScriptedSink();
    const { fan } = suite(sink);
    fan.take(records(1, 3));
    fan.take(records(4, 9));
    await settled();
    expect(sink.got).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(fan.states).toEqual([{ name: 'scripted', waiting: 0, written: 9, dropped: 0, failing: false }]);
  });

  it('do not wait for each other', async () => {
    const [dead, live] = [new ScriptedSink(), new ScriptedSink()];
    dead.hold = new Promise(() => undefined);
    suite(dead, live).fan.take(records(1, 3));
    await settled();
    expect(live.got).toEqual([1, 2, 3]);
    expect(dead.got).toEqual([]);
  });

  it('are tried again, ever more slowly, and told of once', async () => {
    const sink = new ScriptedSink();
    sink.broken = true;
    const { fan, timers, changes } = suite(sink);
    fan.take(records(1, 3));
    await timers.pass(2_000);
    expect(sink.tries).toBeGreaterThan(3);
    expect(sink.tries).toBeLessThan(12);
    sink.broken = false;
    await timers.pass(500);
    expect(sink.got).toEqual([1, 2, 3]);
    expect(changes).toEqual([true, false]);
  });

  it('that cannot follow lose the oldest, which are counted', async () => {
    const sink = new ScriptedSink();
    sink.broken = true;
    const { fan, timers } = suite(sink);
    fan.take(records(1, 8));
    await settled();
    fan.take(records(9, 14));
    expect(fan.states[0]).toMatchObject({ waiting: 10, dropped: 4, failing: true });
    sink.broken = false;
    await timers.pass(1_000);
    expect(sink.got).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
  });

  it('get what is left at the end, and are closed even when they are stuck', async () => {
    const [good, stuck] = [new ScriptedSink(), new ScriptedSink()];
    stuck.hold = new Promise(() => undefined);
    const { fan, timers } = suite(good, stuck);
    fan.take(records(1, 2));
    const closing = fan.close(1_000);
    await timers.pass(1_000);
    await closing;
    expect(good.got).toEqual([1, 2]);
    expect([good.closed, stuck.closed]).toEqual([true, true]);
  });
});
