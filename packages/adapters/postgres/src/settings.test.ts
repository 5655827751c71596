import { fullSettings } from './settings';

const url = 'postgres://localhost/keywarden';

describe('the settings of Postgres', () => {
  it('are complete with a URL alone', () => {
    expect(fullSettings({ url })).toMatchObject({ url, poolSize: 10, statementTimeoutMs: 5_000, cacheLeaseMs: 2_000 });
  });

  it.each([
    { poolSize: 0 },
    { poolSize: 1.5 },
    { poolSize: Number.NaN },
    { connectTimeoutMs: 0 },
    { statementTimeoutMs: 0 },
    { statementTimeoutMs: 600_001 },
    { cacheLeaseMs: 199 },
    { cacheLeaseMs: 10_001 },
  ])('refuse %j, which would wait for ever or never', (given) => {
    expect(() => fullSettings({ url, ...given })).toThrow(RangeError);
  });
});
