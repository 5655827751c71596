import { type Rate, spend } from '@keywarden/quotas';
import { requestLimiterContract } from '@keywarden/quotas/testing';
import fc from 'fast-check';
import { largestLease } from './leased-bucket';
import { LeasingLimiter, type LeasingOptions } from './leasing-limiter';
import type { Grant, TokenSource } from './redis-tokens';

/** Shared buckets in memory, by a clock that a test sets; they can fail and they can hang. */
class MemoryTokens implements TokenSource {
  now = 0;
  condition: 'well' | 'failing' | 'hanging' = 'well';
  readonly wanted: number[] = [];
  readonly #fullAt = new Map<string, number>();

  async take(bucket: string, rate: Rate, wanted: number): Promise<Grant> {
    this.wanted.push(wanted);
    await Promise.resolve();
    if (this.condition === 'failing') throw new Error('gone');
    if (this.condition === 'hanging') return new Promise(() => undefined);
    for (let granted = 0; granted < wanted; granted += 1) {
      const spent = spend(this.#fullAt.get(bucket) ?? 0, this.now, rate);
      this.#fullAt.set(bucket, spent.fullAt);
      if (!spent.admitted) return { granted, waitMs: spent.waitMs };
    }
    return { granted: wanted, waitMs: 0 };
  }
}

function suite(options: Partial<LeasingOptions> = {}) {
  const source = new MemoryTokens();
  const now = () => source.now;
  const changes: boolean[] = [];
  const onChange = (alone: boolean) => void changes.push(alone);
  const limiter = new LeasingLimiter(source, { nodes: () => 1, now, onChange, ...options });
  return { source, limiter, changes };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));
const fast = { perSecond: 10_000, burst: 10_000 };
const slow = { perSecond: 5, burst: 5 };

requestLimiterContract(async () => {
  const source = new MemoryTokens();
  const started = performance.now();
  const clocked = {
    take: (...asked: Parameters<TokenSource['take']>) => {
      source.now = performance.now() - started;
      return source.take(...asked);
    },
  };
  return { limiter: new LeasingLimiter(clocked, { nodes: () => 1 }) };
});

it('lets only the first request wait, and asks for more ahead of need', async () => {
  const { source, limiter } = suite();
  expect(await limiter.take('a', fast, 1)).toBe(true);
  for (let i = 0; i < 2_000; i += 1) {
    source.now += 0.2;
    expect(limiter.take('a', fast, 1)).toBe(true);
    await settle();
  }
  expect(limiter.counts).toMatchObject({ alone: false, failed: 0, decidedAlone: 0 });
  // 5,000 a second: leases grow to what is spent in 50 ms.
  expect(source.wanted.length).toBeLessThan(60);
  expect(Math.max(...source.wanted)).toBeLessThanOrEqual(largestLease(fast));
  expect(Math.max(...source.wanted)).toBeGreaterThan(100);
});

it('takes the tokens of slow buckets singly, so that no node keeps any for itself', async () => {
  const { source, limiter } = suite();
  const admitted = [];
  for (let i = 0; i < 6; i += 1) admitted.push(await limiter.take('a', slow, 1));
  expect(admitted).toEqual([true, true, true, true, true, false]);
  expect(source.wanted).toEqual([1, 1, 1, 1, 1, 1]);
});

it('asks once for callers who come together', async () => {
  const { source, limiter } = suite();
  const admitted = await Promise.all(Array.from({ length: 8 }, () => limiter.take('a', slow, 1)));
  expect(admitted.filter(Boolean)).toHaveLength(5);
  expect(source.wanted).toEqual([5, 3]);
});

it('answers at once what was found empty, and asks again when it has filled', async () => {
  const { source, limiter } = suite();
  await limiter.take('a', slow, 5);
  expect(await limiter.take('a', slow, 1)).toBe(false);
  const { asked } = limiter.counts;
  for (let i = 0; i < 100; i += 1) expect(limiter.take('a', slow, 1)).toBe(false);
  expect(limiter.counts.asked).toBe(asked);
  source.now += 200;
  expect(await limiter.take('a', slow, 1)).toBe(true);
});

it('gives up tokens that nobody wanted for a second', async () => {
  const { source, limiter } = suite();
  await limiter.take('a', fast, 1);
  expect(limiter.take('a', fast, 1)).toBe(true);
  source.now += 1_000;
  expect(limiter.take('a', fast, 1)).toBeInstanceOf(Promise);
});

it('limits by its share while the source fails, says so once, and comes back', async () => {
  const { source, limiter, changes } = suite({ nodes: () => 4 });
  source.condition = 'failing';
  const rate = { perSecond: 40, burst: 40 };
  const admitted = [];
  for (let i = 0; i < 30; i += 1) admitted.push(await limiter.take('a', rate, 1));
  expect(admitted.filter(Boolean)).toHaveLength(10);
  source.now += 100;
  expect([limiter.take('a', rate, 1), limiter.take('a', rate, 1)]).toEqual([true, false]);
  expect(limiter.counts).toMatchObject({ alone: true, asked: 1, failed: 1, nodes: 4 });
  expect(changes).toEqual([true]);

  source.condition = 'well';
  limiter.sourceAnswers(true);
  limiter.sourceAnswers(true);
  expect(await limiter.take('a', rate, 1)).toBe(true);
  expect(changes).toEqual([true, false]);
  expect(limiter.counts.alone).toBe(false);
});

it('never lets a request wait for a source that hangs', async () => {
  const { source, limiter } = suite({ waitMs: 20 });
  source.condition = 'hanging';
  const admitted = await Promise.all(Array.from({ length: 8 }, () => limiter.take('a', slow, 1)));
  expect(admitted.filter(Boolean)).toHaveLength(5);
  expect(limiter.counts).toMatchObject({ asked: 1, decidedAlone: 8, alone: false });
});

it('holds no more buckets than it may', async () => {
  const { limiter } = suite({ capacity: 2 });
  for (const bucket of ['a', 'b', 'c']) await limiter.take(bucket, fast, 1);
  expect(limiter.take('c', fast, 1)).toBe(true);
  expect(limiter.take('a', fast, 1)).toBeInstanceOf(Promise);
});

it('leases at most a twentieth of a second, and nothing of slow buckets', () => {
  expect(
    [100_000, 10_000, 1_000, 100, 79, 5, 1].map((perSecond) => largestLease({ perSecond, burst: perSecond })),
  ).toEqual([5_000, 500, 50, 5, 0, 0, 0]);
  expect(largestLease({ perSecond: 10_000, burst: 20 })).toBe(20);
});

it('never lets nodes admit more than burst and rate together, and one lease a node more in a shorter stretch', async () => {
  const arrivals = fc.array(
    fc.record({ pause: fc.integer({ min: 0, max: 30 }), node: fc.nat(2), calls: fc.integer({ min: 1, max: 40 }) }),
    { minLength: 20, maxLength: 120 },
  );
  const rates = fc.constantFrom({ perSecond: 200, burst: 50 }, { perSecond: 1_000, burst: 100 }, slow);
  await fc.assert(
    fc.asyncProperty(rates, arrivals, async (rate, steps) => {
      const source = new MemoryTokens();
      const nodes = [0, 1, 2].map(() => new LeasingLimiter(source, { nodes: () => 3, now: () => source.now }));
      const admissions: { readonly at: number; readonly admitted: number }[] = [];
      for (const { pause, node, calls } of steps) {
        source.now += pause;
        const taken = await Promise.all(Array.from({ length: calls }, () => nodes[node]!.take('a', rate, 1)));
        admissions.push({ at: source.now, admitted: taken.filter(Boolean).length });
        await settle();
      }
      const lent = nodes.length * Math.max(largestLease(rate), 1);
      for (let from = 0; from < admissions.length; from += 1) {
        let admitted = 0;
        for (const { at, admitted: now } of admissions.slice(from)) {
          admitted += now;
          const most = rate.burst + ((at - admissions[from]!.at) / 1_000) * rate.perSecond;
          expect(admitted).toBeLessThanOrEqual(most + (from === 0 ? 0 : lent) + 1e-6);
        }
      }
      expect(nodes.reduce((sum, { counts }) => sum + counts.decidedAlone, 0)).toBe(0);
    }),
    { numRuns: 60 },
  );
});
