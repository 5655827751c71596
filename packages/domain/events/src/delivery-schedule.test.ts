import fc from 'fast-check';
import { instant } from '@keywarden/kernel';
import { retryAt } from './delivery-schedule';

const now = instant(0);
const backOff = { firstMs: 1_000, mostMs: 60_000 };

describe('the next try', () => {
  it('waits twice as long after each failure, up to the bound', () => {
    expect([1, 2, 3, 6, 7, 100].map((failures) => retryAt(now, failures, backOff, 1))).toEqual([
      1_000, 2_000, 4_000, 32_000, 60_000, 60_000,
    ]);
  });

  it('is spread over the second half of the wait', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.double({ min: 0, max: 1, noNaN: true }), (failures, chance) => {
        const full = retryAt(now, failures, backOff, 1);
        const at = retryAt(now, failures, backOff, chance);
        expect(at).toBeGreaterThanOrEqual(full / 2);
        expect(at).toBeLessThanOrEqual(full);
      }),
    );
  });
});
