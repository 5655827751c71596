import { type AccountId, type Region, parseAccountId, parseRegion } from '@keywarden/kernel';
import type { KeySpec } from '@keywarden/keys';
import type { Rate } from './gcra';
import { LocalLimiter, type RequestLimiter } from './limiter';
import { QuotaValues } from './quota-values';
import { RequestQuotas } from './request-admission';
import type { MeteredOperation } from './request-charges';

const account: AccountId = parseAccountId('111122223333')!;
const stranger: AccountId = parseAccountId('444455556666')!;
const region: Region = parseRegion('eu-central-1')!;
const other: Region = parseRegion('eu-west-1')!;

/** Admits everything but the buckets named, and notes what was spent. */
class NotingLimiter implements RequestLimiter {
  readonly spent: string[] = [];
  constructor(private readonly empty: readonly string[] = []) {}

  take(bucket: string, _rate: Rate, cost: number): boolean {
    this.spent.push(cost === 1 ? bucket : `${bucket} × ${cost}`);
    return !this.empty.some((name) => bucket.endsWith(name));
  }
}

const open = (limiter: RequestLimiter, operation: MeteredOperation) =>
  new RequestQuotas(limiter, new QuotaValues(), new Set([region, other])).open({ account, region }, operation);

const aKey = (spec: KeySpec, keyStoreId?: string) => ({
  account: stranger,
  region,
  spec,
  ...(keyStoreId !== undefined && { keyStore: { id: keyStoreId } }),
});
const mine = `${account}/${region}`;

it('counts an operation of its own bucket once, before anything else is known', () => {
  const limiter = new NotingLimiter();
  const admission = open(limiter, 'CreateKey');
  expect(admission.start()).toBe(true);
  expect(admission.ofCommand({})).toBe(true);
  expect(admission.ofKey(aKey('RSA_2048'))).toBe(true);
  expect(admission.unattributed()).toBe(true);
  expect(limiter.spent).toEqual([`${mine}/CreateKey`]);
});

it.each([
  ['SYMMETRIC_DEFAULT', 'crypto-symmetric'],
  ['HMAC_256', 'crypto-symmetric'],
  ['RSA_4096', 'crypto-rsa'],
  ['ECC_NIST_P256', 'crypto-ecc'],
  ['SM2', 'crypto-ecc'],
  ['ML_DSA_65', 'crypto-ml-dsa'],
  ['ML_KEM_768', 'crypto-ml-kem'],
] as const)('charges the use of a %s key to %s of the caller, whosever the key is', async (spec, quota) => {
  const limiter = new NotingLimiter();
  const admission = open(limiter, 'Sign');
  await admission.start();
  await admission.ofCommand({});
  expect(limiter.spent).toEqual([]);
  expect(admission.ofKey(aKey(spec))).toBe(true);
  expect(admission.unattributed()).toBe(true);
  expect(limiter.spent).toEqual([`${mine}/${quota}`]);
});

it('charges ReEncrypt twice only across key types', async () => {
  const same = new NotingLimiter();
  const alike = open(same, 'ReEncrypt');
  await alike.ofKey(aKey('SYMMETRIC_DEFAULT'));
  await alike.ofKey(aKey('SYMMETRIC_DEFAULT'));
  expect(same.spent).toEqual([`${mine}/crypto-symmetric`]);

  const limiter = new NotingLimiter();
  const across = open(limiter, 'ReEncrypt');
  await across.ofKey(aKey('SYMMETRIC_DEFAULT'));
  await across.ofKey(aKey('RSA_2048'));
  expect(limiter.spent).toEqual([`${mine}/crypto-symmetric`, `${mine}/crypto-rsa`]);
});

it.each(['GenerateDataKeyPair', 'GenerateDataKeyPairWithoutPlaintext'] as const)(
  'charges %s to the bucket of the pair alone',
  async (operation) => {
    const limiter = new NotingLimiter();
    const admission = open(limiter, operation);
    await admission.start();
    await admission.ofCommand({ keyPairSpec: 'RSA_3072' });
    await admission.ofKey(aKey('SYMMETRIC_DEFAULT'));
    expect(limiter.spent).toEqual([`${mine}/data-key-pair-RSA_3072`]);
  },
);

it('charges the replica Region with two calls of CreateKey, and the Region of the new primary with one update', async () => {
  const limiter = new NotingLimiter();
  const replication = open(limiter, 'ReplicateKey');
  await replication.start();
  await replication.ofCommand({ replicaRegion: 'eu-west-1' });
  const update = open(limiter, 'UpdatePrimaryRegion');
  await update.start();
  await update.ofCommand({ primaryRegion: 'eu-west-1' });
  expect(limiter.spent).toEqual([
    `${mine}/ReplicateKey`,
    `${account}/${other}/CreateKey × 2`,
    `${mine}/UpdatePrimaryRegion`,
    `${account}/${other}/UpdatePrimaryRegion`,
  ]);
  expect(open(limiter, 'ReplicateKey').ofCommand({ replicaRegion: 'mars-north-1' })).toBe(true);
  expect(limiter.spent).toHaveLength(4);
});

it('charges a custom key store beside the account, to one bucket for all accounts', async () => {
  const limiter = new NotingLimiter();
  await open(limiter, 'Encrypt').ofKey(aKey('SYMMETRIC_DEFAULT', 'cks-1'));
  const store = `${stranger}/${region}/custom-key-store/cks-1`;
  expect(limiter.spent).toEqual([`${mine}/crypto-symmetric`, store]);
  const busy = new NotingLimiter(['custom-key-store/cks-1']);
  expect(await open(busy, 'Decrypt').ofKey(aKey('SYMMETRIC_DEFAULT', 'cks-1'))).toBe(false);
});

it('counts a request that failed before its bucket was known', () => {
  const limiter = new NotingLimiter();
  expect(open(limiter, 'Sign').unattributed()).toBe(true);
  expect(open(limiter, 'GenerateDataKeyPair').ofCommand({ keyPairSpec: 'constructor' })).toBe(true);
  expect(limiter.spent).toEqual([`${mine}/crypto-symmetric`]);
});

it('stays refused once it was', async () => {
  const limiter = new NotingLimiter(['crypto-symmetric']);
  const admission = open(limiter, 'ReEncrypt');
  expect(admission.ofKey(aKey('SYMMETRIC_DEFAULT'))).toBe(false);
  expect(admission.ofKey(aKey('RSA_2048'))).toBe(false);
  expect(admission.unattributed()).toBe(false);
  expect(admission.refused).toBe(true);
});

it('waits for a limiter that must ask others', async () => {
  const slow: RequestLimiter = { take: async () => false };
  const admission = open(slow, 'CreateKey');
  expect(await admission.start()).toBe(false);
  expect(admission.refused).toBe(true);
});

it('keeps accounts, Regions and buckets apart', () => {
  let now = 0;
  const limiter = new LocalLimiter(() => now);
  const quotas = new RequestQuotas(limiter, new QuotaValues(), new Set([region, other]));
  const take = (who: AccountId, where: Region, operation: MeteredOperation) =>
    quotas.open({ account: who, region: where }, operation).start();
  const five = Array(5).fill(true);
  expect(Array.from({ length: 6 }, () => take(account, region, 'CreateKey'))).toEqual([...five, false]);
  expect(take(stranger, region, 'CreateKey')).toBe(true);
  expect(take(account, other, 'CreateKey')).toBe(true);
  expect(take(account, region, 'CreateAlias')).toBe(true);
  now = 200;
  expect([take(account, region, 'CreateKey'), take(account, region, 'CreateKey')]).toEqual([true, false]);
});
