import { parseAccountId, parseRegion } from '@keywarden/kernel';
import { QuotaValues, quotaKey, quotaOverride, rateOf } from './quota-values';

const here = { account: parseAccountId('111122223333')!, region: parseRegion('us-east-1')! };
const there = { ...here, region: parseRegion('eu-west-1')! };

const set = (name: string, value: number, tenancy = here) => {
  const made = quotaOverride(tenancy, name, value);
  if (!made.ok) throw new Error(made.refusal.code);
  return made.value;
};

it('has the defaults until something else is set, for that account and Region alone', () => {
  const values = new QuotaValues();
  const rate = (tenancy: typeof here) => values.rate(quotaKey(tenancy, 'CreateKey'), tenancy.region, 'CreateKey');
  expect(rate(here)).toEqual({ perSecond: 5, burst: 5 });
  values.replace([set('CreateKey', 0.5), set('aliases-per-key', 3)]);
  expect(rate(here)).toEqual({ perSecond: 0.5, burst: 1 });
  expect(rate(there)).toEqual({ perSecond: 5, burst: 5 });
  expect(values.resource(here, 'aliases-per-key')).toBe(3);
  expect(values.resource(there, 'aliases-per-key')).toBe(50);
  values.replace([]);
  expect(rate(here).perSecond).toBe(5);
  expect(values.resource(here, 'aliases-per-key')).toBe(50);
});

it('takes the number of keys that the deployment allows as the default', () => {
  const values = new QuotaValues({ keys: 7 });
  expect(values.resource(here, 'keys')).toBe(7);
  values.replace([set('keys', 9)]);
  expect(values.resource(here, 'keys')).toBe(9);
  expect(values.resource(there, 'keys')).toBe(7);
});

it('allows a second of requests at once', () => {
  expect(rateOf(1_800)).toEqual({ perSecond: 1_800, burst: 1_800 });
  expect(rateOf(0.1)).toEqual({ perSecond: 0.1, burst: 1 });
  expect(rateOf(2.5)).toEqual({ perSecond: 2.5, burst: 2 });
});

it.each([
  ['CreateKey', 0, 'QuotaValueNotValid'],
  ['CreateKey', 0.0001, 'QuotaValueNotValid'],
  ['CreateKey', 1.00005, 'QuotaValueNotValid'],
  ['CreateKey', 10_000_001, 'QuotaValueNotValid'],
  ['CreateKey', Number.NaN, 'QuotaValueNotValid'],
  ['keys', 1.5, 'QuotaValueNotValid'],
  ['keys', -1, 'QuotaValueNotValid'],
  ['keys', Number.POSITIVE_INFINITY, 'QuotaValueNotValid'],
  ['tags-per-key', 60, 'QuotaFixed'],
  ['key-policy-bytes', 1, 'QuotaFixed'],
  ['constructor', 1, 'QuotaUnknown'],
])('refuses to set %s to %d', (name, value, code) => {
  expect(quotaOverride(here, name, value)).toMatchObject({ ok: false, refusal: { code } });
});
