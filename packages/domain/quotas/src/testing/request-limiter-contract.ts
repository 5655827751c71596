import type { RequestLimiter } from '../limiter';

export interface RequestLimiterHarness {
  readonly limiter: RequestLimiter;
  readonly close?: () => Promise<void>;
}

/** So slow that no token comes back while a test runs. */
const slow = { perSecond: 0.001, burst: 5 };

/** What every `RequestLimiter` does, whoever holds its buckets. */
export function requestLimiterContract(makeHarness: () => Promise<RequestLimiterHarness>): void {
  describe('a request limiter', () => {
    let harness: RequestLimiterHarness;
    beforeEach(async () => {
      harness = await makeHarness();
    });
    afterEach(() => harness.close?.());

    const take = async (bucket: string, cost = 1, rate = slow): Promise<boolean> =>
      harness.limiter.take(bucket, rate, cost);
    const taken = async (bucket: string, times: number): Promise<number> => {
      const admitted = await Promise.all(Array.from({ length: times }, () => take(bucket)));
      return admitted.filter(Boolean).length;
    };

    it('admits a burst and no more, also of callers at once', async () => {
      expect(await taken('a', 20)).toBe(5);
      expect(await take('a')).toBe(false);
    });

    it('keeps buckets apart', async () => {
      expect(await taken('a', 10)).toBe(5);
      expect(await taken('b', 10)).toBe(5);
    });

    it('counts what a request costs', async () => {
      expect([await take('a', 2), await take('a', 2), await take('a', 2)]).toEqual([true, true, false]);
      expect([await take('b', 99), await take('b', 1)]).toEqual([true, false]);
    });

    it('fills buckets again at the rate', async () => {
      const fast = { perSecond: 100, burst: 1 };
      expect(await take('a', 1, fast)).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, 60));
      expect(await take('a', 1, fast)).toBe(true);
    });
  });
}
