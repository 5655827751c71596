import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseRegion } from '@keywarden/kernel';
import { isKeySpec, keySpecs, specOf } from '@keywarden/keys';
import { chargeRules, keySpecQuotas, pairQuota } from './request-charges';
import { defaultRequestRate, isRequestQuota, requestQuotaNames } from './request-quotas';
import { resourceQuotas } from './resource-quotas';

interface Published {
  readonly request: {
    readonly shared: Record<string, { default: number; regionOverrides?: Record<string, string[]> }>;
    readonly dataKeyPair: { readonly perSpec: Record<string, number> };
    readonly perOperation: Record<string, number>;
  };
  readonly resource: Record<string, { value: number | string }>;
}

/** What AWS publishes, as data. */
const published = JSON.parse(readFileSync(join(__dirname, 'testdata/published-quotas.json'), 'utf8')) as Published;
const anywhere = parseRegion('sa-east-1')!;
const rateIn = (quota: string, region = anywhere) => {
  if (!isRequestQuota(quota)) throw new Error(`${quota} is no request quota`);
  return defaultRequestRate(quota, region);
};

it.each(Object.entries(published.request.perOperation))('allows %s at %i a second', (operation, rate) => {
  expect(rateIn(operation)).toBe(rate);
  expect(chargeRules).toHaveProperty(operation, { by: 'operation', quota: operation });
});

it.each(Object.entries(published.request.dataKeyPair.perSpec))(
  'allows %s data key pairs at %i a second',
  (spec, rate) => {
    expect(rateIn(`data-key-pair-${spec}`)).toBe(rate);
  },
);

it('allows shared buckets what is published, elsewhere too', () => {
  for (const [name, bucket] of Object.entries(published.request.shared)) {
    expect({ name, rate: rateIn(name) }).toEqual({ name, rate: bucket.default });
    for (const [rate, regions] of Object.entries(bucket.regionOverrides ?? {})) {
      for (const region of regions) expect(rateIn(name, parseRegion(region)!)).toBe(Number(rate));
    }
  }
  expect(rateIn('crypto-symmetric', parseRegion('us-east-1')!)).toBe(100_000);
  expect(rateIn('data-key-pair-RSA_4096', parseRegion('cn-north-1')!)).toBe(0.1);
});

it('has a bucket for every key spec and every spec of data key pairs', () => {
  for (const spec of Object.keys(keySpecs)) {
    if (!isKeySpec(spec)) throw new Error(spec);
    expect(isRequestQuota(keySpecQuotas[spec])).toBe(true);
    if (specOf(spec).dataKeyPair) expect(requestQuotaNames).toContain(`data-key-pair-${spec}`);
  }
  expect(pairQuota('RSA_2048')).toBe('data-key-pair-RSA_2048');
});

it('has no bucket of an operation that nothing spends of', () => {
  const used = new Set<string>([
    ...Object.values(chargeRules).map((rule) => ('quota' in rule ? rule.quota : '')),
    ...Object.values(keySpecQuotas),
    ...requestQuotaNames.filter((name) => name.startsWith('data-key-pair-')),
    ...['custom-key-store', 'iam-read', 'iam-write', 'sts', 'LookupEvents'],
  ]);
  expect(requestQuotaNames.filter((name) => !used.has(name))).toEqual([]);
});

it('has no quota by a name of the prototype', () => {
  expect(isRequestQuota('constructor')).toBe(false);
});

it('allows as many resources as is published', () => {
  const { resource } = published;
  expect(resourceQuotas.keys.value).toBe(resource['keysPerAccountRegion']?.value);
  expect(resourceQuotas['aliases-per-key'].value).toBe(resource['aliasesPerKey']?.value);
  expect(resourceQuotas['grants-per-key'].value).toBe(resource['grantsPerKey']?.value);
  expect(resourceQuotas['tags-per-key'].value).toBe(resource['tagsPerKey']?.value);
  expect(resourceQuotas['key-policy-bytes'].value).toBe(resource['keyPolicyBytes']?.value);
  expect(resourceQuotas['on-demand-rotations-per-key'].value).toBe(resource['onDemandRotationsPerKey']?.value);
  expect(resourceQuotas['custom-key-stores'].value).toBe(resource['customKeyStoresPerAccountRegion']?.value);
});
