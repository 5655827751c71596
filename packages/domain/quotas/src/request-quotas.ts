import type { Region } from '@keywarden/kernel';

/** What AWS allows by default: requests per second of one account in one Region, unless the name says otherwise. */
interface RequestQuota {
  readonly perSecond: number;
  /** Regions where the default is another. */
  readonly elsewhere?: Readonly<Record<string, number>>;
}

const atRate = <N extends string>(perSecond: number, ...names: readonly N[]) =>
  Object.fromEntries(names.map((name) => [name, { perSecond }])) as { readonly [M in N]: RequestQuota };

const inRegions = (perSecond: number, ...regions: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries(regions.map((region) => [region, perSecond]));

const inChina = (perSecond: number) => inRegions(perSecond, 'cn-north-1', 'cn-northwest-1');

/**
 * Shared buckets first, then one bucket an operation. The rates are those of AWS; it publishes none for ML-KEM, IAM
 * and STS as they are here.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html
 */
export const requestQuotas = {
  'crypto-symmetric': {
    perSecond: 10_000,
    elsewhere: {
      ...inRegions(20_000, 'us-east-2', 'ap-southeast-1', 'ap-southeast-2', 'ap-northeast-1'),
      ...inRegions(20_000, 'eu-central-1', 'eu-west-2'),
      ...inRegions(100_000, 'us-east-1', 'us-west-2', 'eu-west-1'),
    },
  },
  ...atRate(1_000, 'crypto-rsa', 'crypto-ecc', 'crypto-ml-dsa', 'crypto-ml-kem'),
  /** Of one custom key store, beside the bucket of the account. */
  'custom-key-store': { perSecond: 1_800 },
  ...atRate(
    100,
    'data-key-pair-ECC_NIST_P256',
    'data-key-pair-ECC_NIST_P384',
    'data-key-pair-ECC_NIST_P521',
    'data-key-pair-ECC_SECG_P256K1',
    'data-key-pair-ECC_NIST_EDWARDS25519',
    'data-key-pair-ML_KEM_512',
    'data-key-pair-ML_KEM_768',
    'data-key-pair-ML_KEM_1024',
  ),
  'data-key-pair-SM2': { perSecond: 25 },
  'data-key-pair-RSA_2048': { perSecond: 20, elsewhere: inChina(1) },
  'data-key-pair-RSA_3072': { perSecond: 4, elsewhere: inChina(0.5) },
  'data-key-pair-RSA_4096': { perSecond: 1, elsewhere: inChina(0.1) },

  ...atRate(2_000, 'DescribeKey', 'GetPublicKey', 'ListResourceTags'),
  ...atRate(1_000, 'GetKeyPolicy', 'GetKeyRotationStatus'),
  ...atRate(500, 'ListAliases', 'ListKeys'),
  ...atRate(100, 'ListGrants', 'ListKeyPolicies', 'ListKeyRotations', 'ListRetirableGrants'),
  ...atRate(50, 'CreateGrant', 'RetireGrant', 'RevokeGrant'),
  ...atRate(15, 'DeleteAlias', 'DeleteImportedKeyMaterial', 'EnableKeyRotation', 'ImportKeyMaterial'),
  ...atRate(15, 'PutKeyPolicy', 'ScheduleKeyDeletion'),
  ...atRate(10, 'TagResource'),
  ...atRate(5, 'CancelKeyDeletion', 'CreateAlias', 'CreateKey', 'DisableKey', 'DisableKeyRotation', 'EnableKey'),
  ...atRate(5, 'ConnectCustomKeyStore', 'CreateCustomKeyStore', 'DeleteCustomKeyStore', 'DescribeCustomKeyStores'),
  ...atRate(5, 'DisconnectCustomKeyStore', 'UpdateCustomKeyStore'),
  ...atRate(5, 'GetKeyLastUsage', 'ReplicateKey', 'RotateKeyOnDemand', 'UntagResource', 'UpdateAlias'),
  ...atRate(5, 'UpdateKeyDescription', 'UpdatePrimaryRegion'),
  ...atRate(1, 'GetParametersForImport'),

  ...atRate(20, 'iam-write'),
  ...atRate(100, 'iam-read'),
  ...atRate(600, 'sts'),
  ...atRate(2, 'LookupEvents'),
} as const satisfies Record<string, RequestQuota>;

export type RequestQuotaName = keyof typeof requestQuotas;

export const requestQuotaNames = Object.keys(requestQuotas) as readonly RequestQuotaName[];

/** Safe against names of the prototype. */
export function isRequestQuota(text: string): text is RequestQuotaName {
  return Object.hasOwn(requestQuotas, text);
}

/** @returns requests per second */
export function defaultRequestRate(quota: RequestQuotaName, region: Region): number {
  const { perSecond, elsewhere = {} }: RequestQuota = requestQuotas[quota];
  return Object.hasOwn(elsewhere, region) ? (elsewhere[region] ?? perSecond) : perSecond;
}
