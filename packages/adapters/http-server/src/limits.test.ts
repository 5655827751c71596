import { defaultHttpLimits, resolveLimits, timeoutCheckInterval } from './limits';

describe('resolveLimits', () => {
  it('fills in the defaults', () => {
    expect(resolveLimits({ maxConnections: 7 })).toEqual({ ...defaultHttpLimits, maxConnections: 7 });
  });

  it('admits the largest attestation document by default', () => {
    expect(defaultHttpLimits.maxBodyBytes).toBeGreaterThanOrEqual(524_288);
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31])(
    'refuses %d, which would mean no limit',
    (value) => {
      expect(() => resolveLimits({ maxBodyBytes: value })).toThrow(/maxBodyBytes/);
    },
  );

  it('refuses headers that may take longer than their request', () => {
    expect(() => resolveLimits({ headersTimeoutMs: 2_000, requestTimeoutMs: 1_000 })).toThrow(RangeError);
  });
});

describe('timeoutCheckInterval', () => {
  it.each([
    [10_000, 1_000],
    [400, 100],
    [1, 20],
  ])('for a timeout of %i ms is %i ms', (headersTimeoutMs, expected) => {
    expect(timeoutCheckInterval(resolveLimits({ headersTimeoutMs }))).toBe(expected);
  });
});
