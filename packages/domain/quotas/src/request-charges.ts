import type { DataKeyPairSpec, KeySpec } from '@keywarden/keys';
import type { RequestQuotaName } from './request-quotas';

/** One bucket that a request spends of. */
export interface Charge {
  readonly quota: RequestQuotaName;
  /** Tokens; 1 unless the counting rules of the operation say otherwise. */
  readonly cost: number;
}

/**
 * What is known of the bucket of an operation: by its name alone, by the key it works with, or by the spec of the data
 * key pair it asks for.
 */
export type ChargeRule =
  { readonly by: 'operation'; readonly quota: RequestQuotaName } | { readonly by: 'key' | 'pair' };

const own = <Q extends RequestQuotaName>(quota: Q) => ({ by: 'operation', quota }) as const;
const ofKey = { by: 'key' } as const;
const ofPair = { by: 'pair' } as const;

/** Every operation of AWS KMS. That none is missing is checked where the operations are. */
export const chargeRules = {
  CancelKeyDeletion: own('CancelKeyDeletion'),
  ConnectCustomKeyStore: own('ConnectCustomKeyStore'),
  CreateAlias: own('CreateAlias'),
  CreateCustomKeyStore: own('CreateCustomKeyStore'),
  CreateGrant: own('CreateGrant'),
  CreateKey: own('CreateKey'),
  Decapsulate: ofKey,
  Decrypt: ofKey,
  DeleteAlias: own('DeleteAlias'),
  DeleteCustomKeyStore: own('DeleteCustomKeyStore'),
  DeleteImportedKeyMaterial: own('DeleteImportedKeyMaterial'),
  DeriveSharedSecret: ofKey,
  DescribeCustomKeyStores: own('DescribeCustomKeyStores'),
  DescribeKey: own('DescribeKey'),
  DisableKey: own('DisableKey'),
  DisableKeyRotation: own('DisableKeyRotation'),
  DisconnectCustomKeyStore: own('DisconnectCustomKeyStore'),
  EnableKey: own('EnableKey'),
  EnableKeyRotation: own('EnableKeyRotation'),
  Encapsulate: ofKey,
  Encrypt: ofKey,
  GenerateDataKey: ofKey,
  GenerateDataKeyPair: ofPair,
  GenerateDataKeyPairWithoutPlaintext: ofPair,
  GenerateDataKeyWithoutPlaintext: ofKey,
  GenerateMac: ofKey,
  GenerateRandom: own('crypto-symmetric'),
  GetKeyLastUsage: own('GetKeyLastUsage'),
  GetKeyPolicy: own('GetKeyPolicy'),
  GetKeyRotationStatus: own('GetKeyRotationStatus'),
  GetParametersForImport: own('GetParametersForImport'),
  GetPublicKey: own('GetPublicKey'),
  ImportKeyMaterial: own('ImportKeyMaterial'),
  ListAliases: own('ListAliases'),
  ListGrants: own('ListGrants'),
  ListKeyPolicies: own('ListKeyPolicies'),
  ListKeyRotations: own('ListKeyRotations'),
  ListKeys: own('ListKeys'),
  ListResourceTags: own('ListResourceTags'),
  ListRetirableGrants: own('ListRetirableGrants'),
  PutKeyPolicy: own('PutKeyPolicy'),
  ReEncrypt: ofKey,
  ReplicateKey: own('ReplicateKey'),
  RetireGrant: own('RetireGrant'),
  RevokeGrant: own('RevokeGrant'),
  RotateKeyOnDemand: own('RotateKeyOnDemand'),
  ScheduleKeyDeletion: own('ScheduleKeyDeletion'),
  Sign: ofKey,
  TagResource: own('TagResource'),
  UntagResource: own('UntagResource'),
  UpdateAlias: own('UpdateAlias'),
  UpdateCustomKeyStore: own('UpdateCustomKeyStore'),
  UpdateKeyDescription: own('UpdateKeyDescription'),
  UpdatePrimaryRegion: own('UpdatePrimaryRegion'),
  Verify: ofKey,
  VerifyMac: ofKey,
} as const satisfies Record<string, ChargeRule>;

export type MeteredOperation = keyof typeof chargeRules;

/** The bucket of a cryptographic operation with a key of this spec; HMAC keys share the one of symmetric keys. */
export const keySpecQuotas: Readonly<Record<KeySpec, RequestQuotaName>> = {
  SYMMETRIC_DEFAULT: 'crypto-symmetric',
  HMAC_224: 'crypto-symmetric',
  HMAC_256: 'crypto-symmetric',
  HMAC_384: 'crypto-symmetric',
  HMAC_512: 'crypto-symmetric',
  RSA_2048: 'crypto-rsa',
  RSA_3072: 'crypto-rsa',
  RSA_4096: 'crypto-rsa',
  ECC_NIST_P256: 'crypto-ecc',
  ECC_NIST_P384: 'crypto-ecc',
  ECC_NIST_P521: 'crypto-ecc',
  ECC_SECG_P256K1: 'crypto-ecc',
  ECC_NIST_EDWARDS25519: 'crypto-ecc',
  SM2: 'crypto-ecc',
  ML_DSA_44: 'crypto-ml-dsa',
  ML_DSA_65: 'crypto-ml-dsa',
  ML_DSA_87: 'crypto-ml-dsa',
  ML_KEM_512: 'crypto-ml-kem',
  ML_KEM_768: 'crypto-ml-kem',
  ML_KEM_1024: 'crypto-ml-kem',
};

/** Both operations of a data key pair share the bucket of its spec. */
export function pairQuota(spec: DataKeyPairSpec): RequestQuotaName {
  return `data-key-pair-${spec}`;
}

/** Of a request that failed before the key or the spec that decides on its bucket was known. */
export const unattributedQuota: RequestQuotaName = 'crypto-symmetric';

/**
 * What an operation spends in the second Region it works in: the replica is made there by two calls of CreateKey, and
 * the new primary is updated there as the old one is here.
 */
export const chargesElsewhere: { readonly [O in MeteredOperation]?: Charge } = {
  ReplicateKey: { quota: 'CreateKey', cost: 2 },
  UpdatePrimaryRegion: { quota: 'UpdatePrimaryRegion', cost: 1 },
};
