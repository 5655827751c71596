/**
 * What each key spec can do: one line a spec, one place for every package.
 *
 * Order matters: it is the order in which KMS lists algorithms, and clients take the first.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html
 */
export type KeyUsage =
  'ENCRYPT_DECRYPT' | 'SIGN_VERIFY' | 'GENERATE_VERIFY_MAC' | 'KEY_AGREEMENT' | 'ENCAPSULATE_DECAPSULATE';

export type KeyFamily = 'symmetric' | 'hmac' | 'asymmetric';

/** Which usages a spec allows and, for each, its algorithms in the order of the service's answers. */
interface KeySpecEntry {
  readonly family: KeyFamily;
  readonly usages: { readonly [U in KeyUsage]?: readonly AlgorithmOf<U>[] };
  /** Length in bytes of symmetric and HMAC material; absent where the material is a private key. */
  readonly materialBytes?: number;
  /** May material be imported (Origin EXTERNAL)? */
  readonly importable: boolean;
  /** Is it a KeyPairSpec of GenerateDataKeyPair? */
  readonly dataKeyPair: boolean;
  /** Only behind a setting: AWS offers it in China Regions alone. */
  readonly chinaOnly?: true;
}

const oaep = ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'] as const;
const rsaSigning = [
  'RSASSA_PKCS1_V1_5_SHA_256',
  'RSASSA_PKCS1_V1_5_SHA_384',
  'RSASSA_PKCS1_V1_5_SHA_512',
  'RSASSA_PSS_SHA_256',
  'RSASSA_PSS_SHA_384',
  'RSASSA_PSS_SHA_512',
] as const;
const rsa = {
  family: 'asymmetric',
  usages: { ENCRYPT_DECRYPT: oaep, SIGN_VERIFY: rsaSigning },
  importable: true,
  dataKeyPair: true,
} as const;
const pair = { family: 'asymmetric', importable: true, dataKeyPair: true } as const;
const hmac = { family: 'hmac', importable: true, dataKeyPair: false } as const;
const mlDsa = {
  family: 'asymmetric',
  usages: { SIGN_VERIFY: ['ML_DSA_SHAKE_256'] },
  importable: false,
  dataKeyPair: false,
} as const;
const mlKem = {
  family: 'asymmetric',
  usages: { ENCAPSULATE_DECAPSULATE: ['ML_KEM'] },
  importable: false,
  dataKeyPair: true,
} as const;

export const keySpecs = {
  SYMMETRIC_DEFAULT: {
    family: 'symmetric',
    usages: { ENCRYPT_DECRYPT: ['SYMMETRIC_DEFAULT'] },
    materialBytes: 32,
    importable: true,
    dataKeyPair: false,
  },
  RSA_2048: rsa,
  RSA_3072: rsa,
  RSA_4096: rsa,
  ECC_NIST_P256: { ...pair, usages: { SIGN_VERIFY: ['ECDSA_SHA_256'], KEY_AGREEMENT: ['ECDH'] } },
  ECC_NIST_P384: { ...pair, usages: { SIGN_VERIFY: ['ECDSA_SHA_384'], KEY_AGREEMENT: ['ECDH'] } },
  ECC_NIST_P521: { ...pair, usages: { SIGN_VERIFY: ['ECDSA_SHA_512'], KEY_AGREEMENT: ['ECDH'] } },
  ECC_SECG_P256K1: { ...pair, usages: { SIGN_VERIFY: ['ECDSA_SHA_256'] } },
  ECC_NIST_EDWARDS25519: { ...pair, usages: { SIGN_VERIFY: ['ED25519_SHA_512', 'ED25519_PH_SHA_512'] } },
  HMAC_224: { ...hmac, usages: { GENERATE_VERIFY_MAC: ['HMAC_SHA_224'] }, materialBytes: 28 },
  HMAC_256: { ...hmac, usages: { GENERATE_VERIFY_MAC: ['HMAC_SHA_256'] }, materialBytes: 32 },
  HMAC_384: { ...hmac, usages: { GENERATE_VERIFY_MAC: ['HMAC_SHA_384'] }, materialBytes: 48 },
  HMAC_512: { ...hmac, usages: { GENERATE_VERIFY_MAC: ['HMAC_SHA_512'] }, materialBytes: 64 },
  SM2: {
    ...pair,
    usages: { ENCRYPT_DECRYPT: ['SM2PKE'], SIGN_VERIFY: ['SM2DSA'], KEY_AGREEMENT: ['ECDH'] },
    chinaOnly: true,
  },
  ML_DSA_44: mlDsa,
  ML_DSA_65: mlDsa,
  ML_DSA_87: mlDsa,
  ML_KEM_512: mlKem,
  ML_KEM_768: mlKem,
  ML_KEM_1024: mlKem,
} as const satisfies Record<string, KeySpecEntry>;

export type KeySpec = keyof typeof keySpecs;

export type EncryptionAlgorithm = 'SYMMETRIC_DEFAULT' | (typeof oaep)[number] | 'SM2PKE';
export type SigningAlgorithm =
  | (typeof rsaSigning)[number]
  | 'ECDSA_SHA_256'
  | 'ECDSA_SHA_384'
  | 'ECDSA_SHA_512'
  | 'ED25519_SHA_512'
  | 'ED25519_PH_SHA_512'
  | 'ML_DSA_SHAKE_256'
  | 'SM2DSA';
export type MacAlgorithm = 'HMAC_SHA_224' | 'HMAC_SHA_256' | 'HMAC_SHA_384' | 'HMAC_SHA_512';
export type KeyAgreementAlgorithm = 'ECDH';
export type EncapsulationAlgorithm = 'ML_KEM';

/** The algorithms that belong to a usage. */
export type AlgorithmOf<U extends KeyUsage> = {
  ENCRYPT_DECRYPT: EncryptionAlgorithm;
  SIGN_VERIFY: SigningAlgorithm;
  GENERATE_VERIFY_MAC: MacAlgorithm;
  KEY_AGREEMENT: KeyAgreementAlgorithm;
  ENCAPSULATE_DECAPSULATE: EncapsulationAlgorithm;
}[U];

/** The specs whose `dataKeyPair` is true. */
export type DataKeyPairSpec = {
  [S in KeySpec]: (typeof keySpecs)[S]['dataKeyPair'] extends true ? S : never;
}[KeySpec];

/** The entry of a spec, with its members seen as the general form. */
export function specOf(spec: KeySpec): KeySpecEntry {
  return keySpecs[spec];
}

/** Safe against names of the prototype: "constructor" is not a key spec. */
export function isKeySpec(text: string): text is KeySpec {
  return Object.hasOwn(keySpecs, text);
}

/** The algorithms of a spec for a usage, in the order of the service's answers; none when the usage is not allowed. */
export function algorithmsOf<U extends KeyUsage>(spec: KeySpec, usage: U): readonly AlgorithmOf<U>[] {
  return specOf(spec).usages[usage] ?? [];
}

export function allowsUsage(spec: KeySpec, usage: KeyUsage): boolean {
  return specOf(spec).usages[usage] !== undefined;
}
