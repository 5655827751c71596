import type { TickReport } from './key-maintenance';
import { runMaintenance } from './scheduler-loop';

const idle: TickReport = { done: 0, failed: 0, more: false };

/** Runs the loop over scripted ticks and stops it when they are used up. */
async function run(...ticks: (TickReport | Error)[]) {
  const stop = new AbortController();
  const log: string[] = [];
  const tick = async (): Promise<TickReport> => {
    const next = ticks.shift() ?? idle;
    if (ticks.length === 0) stop.abort();
    if (next instanceof Error) throw next;
    return next;
  };
  const pause = async (milliseconds: number) => void log.push(`pause ${milliseconds}`);
  const report = (outcome: TickReport | { readonly fault: unknown }) =>
    log.push('fault' in outcome ? String(outcome.fault) : `done ${outcome.done}`);
  await runMaintenance({ tick }, pause, { intervalMs: 500 }, stop.signal, report);
  return log;
}

describe('the scheduler loop', () => {
  it('comes back at once while more is due, else after the interval', async () => {
    const log = await run({ ...idle, done: 9, more: true }, { ...idle, done: 2 }, idle);
    expect(log).toEqual(['done 9', 'done 2', 'pause 500', 'done 0', 'pause 500']);
  });

  it('goes on after a tick that failed, and not faster than the interval', async () => {
    const log = await run(new Error('the store is gone'), new Error('still gone'), { ...idle, done: 1 });
    expect(log).toEqual([
      'Error: the store is gone',
      'pause 500',
      'Error: still gone',
      'pause 500',
      'done 1',
      'pause 500',
    ]);
  });

  it('does not begin when it was stopped before', async () => {
    let ticks = 0;
    const tick = async () => {
      ticks += 1;
      return idle;
    };
    const report = () => undefined;
    await runMaintenance({ tick }, async () => undefined, { intervalMs: 1 }, AbortSignal.abort(), report);
    expect(ticks).toBe(0);
  });

  it('stops although more is due', async () => {
    expect(await run({ ...idle, more: true })).toEqual(['done 0']);
  });

  it('hands the signal to the pause, which may come back early', async () => {
    const stop = new AbortController();
    const pause = (_milliseconds: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    const running = runMaintenance(
      { tick: async () => idle },
      pause,
      { intervalMs: 1e9 },
      stop.signal,
      () => undefined,
    );
    setImmediate(() => stop.abort());
    await expect(running).resolves.toBeUndefined();
  });
});
