import { CountingRandomness } from '@keywarden/kernel/testing';
import type { EventDestination } from './event-destination';
import type { EventDestinations } from './event-destinations';
import type { RoundReport } from './event-relay';
import { type RelayReport, runRelay } from './run-relay';
import { aRedisStream, aWebhook } from './testing';

const idle: RoundReport = { delivered: 0, failed: 0, givenUp: 0, more: false };
const failed: RoundReport = { ...idle, failed: 1, more: true };
const options = { intervalMs: 1_000_000, destinationBackOff: { firstMs: 1_000, mostMs: 8_000 } };

/** Runs the relay over scripted rounds of each destination, and stops when `done` says so. */
class Loops {
  readonly stop = new AbortController();
  readonly log: string[] = [];
  readonly pauses: [number, boolean][] = [];
  readonly reports: RelayReport[] = [];
  destinations: EventDestination[] = [aWebhook('a')];
  rounds: Record<string, (RoundReport | Error)[]> = {};

  async run(done: (loops: Loops) => boolean): Promise<void> {
    const relay = {
      serves: ({ kind }: EventDestination) => kind === 'webhook',
      deliver: async ({ name }: EventDestination, probe: boolean) => {
        this.log.push(probe ? `${name} probe` : name);
        const next = this.rounds[name]?.shift();
        if (next === undefined) return new Promise<never>(() => undefined);
        if (next instanceof Error) throw next;
        return next;
      },
      tidy: async () => 0,
    };
    const pause = (milliseconds: number, signal: AbortSignal, untilNews: boolean): Promise<void> => {
      if (milliseconds !== options.intervalMs || untilNews) this.pauses.push([milliseconds, untilNews]);
      // The supervisor looks again at the next turn; the loops of destinations go on at once.
      return new Promise((resolve) => {
        setImmediate(resolve);
        signal.addEventListener('abort', () => resolve());
      });
    };
    const destinations = { list: async () => this.destinations } as unknown as EventDestinations;
    void runRelay(relay, destinations, pause, new CountingRandomness(), options, this.stop.signal, (report) =>
      this.reports.push(report),
    );
    for (let turns = 0; turns < 1_000 && !done(this); turns += 1) await new Promise((resolve) => setImmediate(resolve));
    this.stop.abort();
    expect(done(this)).toBe(true);
  }
}

it('serves each destination in a loop of its own: one that never answers delays nobody', async () => {
  const loops = new Loops();
  loops.destinations = [aWebhook('dead'), aWebhook('well'), aRedisStream('unserved')];
  loops.rounds = { well: [1, 2, 3].map((delivered) => ({ ...idle, delivered, more: true })) };
  await loops.run(({ log }) => log.filter((name) => name === 'well').length === 4);
  expect(loops.log.filter((name) => name !== 'well')).toEqual(['dead']);
});

it('waits longer and probes with one delivery while a destination fails, and takes up speed when it is back', async () => {
  const loops = new Loops();
  const back = { ...idle, delivered: 1, more: true };
  loops.rounds = { a: [failed, failed, failed, failed, failed, back, idle] };
  await loops.run(({ pauses }) => pauses.length === 6);
  expect(loops.log.slice(0, 7)).toEqual(['a', 'a', 'a', 'a probe', 'a probe', 'a probe', 'a']);
  const waits = loops.pauses.map(([milliseconds]) => milliseconds);
  [1_000, 2_000, 4_000, 8_000, 8_000].forEach((full, index) => {
    expect(waits[index]).toBeGreaterThanOrEqual(full / 2);
    expect(waits[index]).toBeLessThanOrEqual(full);
  });
  // News ends only the pause of a destination that has nothing to do.
  expect(loops.pauses.map(([, untilNews]) => untilNews)).toEqual([false, false, false, false, false, true]);
});

it('takes up destinations that are added and leaves those that are gone', async () => {
  const loops = new Loops();
  loops.rounds = { a: Array.from({ length: 500 }, () => idle), b: [idle] };
  setTimeout(() => {
    loops.destinations = [aWebhook('b')];
  }, 5);
  await loops.run(({ log }) => log.includes('b'));
  const after = loops.log.slice(loops.log.indexOf('b'));
  expect(after.filter((name) => name === 'a').length).toBeLessThanOrEqual(1);
});

it('goes on after a fault', async () => {
  const loops = new Loops();
  loops.rounds = { a: [new Error('the database is gone'), { ...idle, delivered: 1 }] };
  await loops.run(({ reports }) => reports.length === 2);
  expect(loops.reports).toMatchObject([
    { destination: 'a', fault: { message: 'the database is gone' } },
    { destination: 'a', delivered: 1 },
  ]);
});
