import fc from 'fast-check';
import { type Rate, spend } from './gcra';

const rates = fc.record({
  perSecond: fc.oneof(fc.double({ min: 0.1, max: 100_000, noNaN: true }), fc.integer({ min: 1, max: 100_000 })),
  burst: fc.integer({ min: 1, max: 1_000 }),
});
/** Pauses in milliseconds before calls, and what each call costs. */
const calls = fc.array(
  fc.record({ pause: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 3_000, noNaN: true })), cost: fc.nat(3) }),
  { maxLength: 300 },
);
const start = 1_000_000;

function spendings(rate: Rate, pauses: readonly { readonly pause: number; readonly cost: number }[]) {
  let fullAt = 0;
  let at = start;
  return pauses.map(({ pause, cost }) => {
    at += pause;
    const { admitted, ...after } = spend(fullAt, at, rate, cost);
    fullAt = after.fullAt;
    return { at, spent: admitted ? Math.min(cost, rate.burst) : 0 };
  });
}

it('spends a whole burst at once and then as fast as tokens come back', () => {
  const rate = { perSecond: 10, burst: 3 };
  const tries = [0, 0, 0, 0, 99, 1, 0, 150, 50].map((pause) => ({ pause, cost: 1 }));
  expect(spendings(rate, tries).map(({ spent }) => spent)).toEqual([1, 1, 1, 0, 0, 1, 0, 1, 1]);
});

it('tells how long to wait', () => {
  const rate = { perSecond: 5, burst: 5 };
  expect(spend(0, start, rate)).toMatchObject({ admitted: true, waitMs: 0 });
  const { fullAt } = spend(0, start, rate, 5);
  expect(spend(fullAt, start, rate).waitMs).toBeCloseTo(200);
  expect(spend(fullAt, start + 150, rate, 2).waitMs).toBeCloseTo(250);
  expect(spend(fullAt, start + 400, rate, 2).admitted).toBe(true);
});

it('lets what is more than a bucket holds cost the whole bucket, so that it is ever admitted', () => {
  const rate = { perSecond: 1, burst: 1 };
  const { fullAt } = spend(0, start, rate, 2);
  expect(spend(fullAt, start + 999, rate, 1).admitted).toBe(false);
  expect(spend(fullAt, start + 1_000, rate, 2).admitted).toBe(true);
});

it('never spends more than burst plus rate, in any stretch of time', () => {
  fc.assert(
    fc.property(rates, calls, (rate, pauses) => {
      const all = spendings(rate, pauses);
      for (let from = 0; from < all.length; from += 1) {
        let spent = 0;
        for (let to = from; to < all.length; to += 1) {
          spent += all[to]!.spent;
          const most = rate.burst + ((all[to]!.at - all[from]!.at) / 1_000) * rate.perSecond;
          expect(spent).toBeLessThanOrEqual(most + 1e-4);
        }
      }
    }),
    { numRuns: 60 },
  );
});

it('never refuses a caller who keeps to the rate', () => {
  const factors = fc.array(fc.double({ min: 1, max: 3, noNaN: true }), { maxLength: 200 });
  fc.assert(
    fc.property(rates, factors, (rate, pauses) => {
      const tries = pauses.map((factor) => ({ pause: (factor * 1_000) / rate.perSecond, cost: 1 }));
      expect(spendings(rate, tries).every(({ spent }) => spent === 1)).toBe(true);
    }),
  );
});

it('is monotone: who comes later, or asks for less, or of a fuller bucket, is not refused instead', () => {
  const bucket = fc.double({ min: -5_000, max: 5_000, noNaN: true });
  const more = fc.double({ min: 0, max: 1_000, noNaN: true });
  fc.assert(
    fc.property(rates, bucket, fc.integer({ min: 1, max: 5 }), more, (rate, offset, cost, extra) => {
      const fullAt = start + offset;
      fc.pre(spend(fullAt, start, rate, cost).admitted);
      expect(spend(fullAt, start + extra, rate, cost).admitted).toBe(true);
      expect(spend(fullAt, start, rate, cost - 1).admitted).toBe(true);
      expect(spend(fullAt - extra, start, rate, cost).admitted).toBe(true);
    }),
  );
});

it('gives nothing away when the clock goes backwards, and fills at its rate from there', () => {
  const rate = { perSecond: 10, burst: 5 };
  const emptied = spend(0, start, rate, 5).fullAt;
  const earlier = start - 500_000;
  const refused = spend(emptied, earlier, rate);
  expect(refused).toMatchObject({ admitted: false });
  expect(refused.waitMs).toBeCloseTo(100);
  expect(spend(refused.fullAt, earlier + 99, rate).admitted).toBe(false);
  expect(spend(refused.fullAt, earlier + 100, rate).admitted).toBe(true);
  fc.assert(
    fc.property(rates, fc.double({ min: 0, max: 500_000, noNaN: true }), (anyRate, back) => {
      const used = spend(0, start, anyRate, anyRate.burst).fullAt;
      expect(spend(used, start - back, anyRate).waitMs).toBeLessThanOrEqual(1_000 / anyRate.perSecond + 0.001);
    }),
  );
});
