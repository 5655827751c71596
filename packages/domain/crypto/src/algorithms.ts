import type { EncryptionAlgorithm, KeySpec, MacAlgorithm, SigningAlgorithm } from '@keywarden/keys';
import { algorithmsOf } from '@keywarden/keys';
import type { MessageType } from './ports';

export type HashName = 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';
export type SigningScheme = 'pkcs1' | 'pss' | 'ecdsa' | 'ed25519' | 'ed25519ph' | 'ml-dsa' | 'sm2';

/** How KMS signs under an algorithm name. */
export interface SigningEntry {
  readonly scheme: SigningScheme;
  /** The hash of RAW messages and, for PSS, of MGF1; absent where the scheme brings its own. */
  readonly hash?: HashName;
  readonly messageTypes: readonly MessageType[];
  /** Length in bytes of a DIGEST or EXTERNAL_MU message; absent where there is none. */
  readonly digestBytes?: number;
}

const digestible = ['RAW', 'DIGEST'] as const;
const over = (scheme: SigningScheme, hash: HashName, digestBytes: number): SigningEntry => ({
  scheme,
  hash,
  messageTypes: digestible,
  digestBytes,
});

/** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html */
export const signingAlgorithms: { readonly [A in SigningAlgorithm]: SigningEntry } = {
  RSASSA_PKCS1_V1_5_SHA_256: over('pkcs1', 'sha256', 32),
  RSASSA_PKCS1_V1_5_SHA_384: over('pkcs1', 'sha384', 48),
  RSASSA_PKCS1_V1_5_SHA_512: over('pkcs1', 'sha512', 64),
  RSASSA_PSS_SHA_256: over('pss', 'sha256', 32),
  RSASSA_PSS_SHA_384: over('pss', 'sha384', 48),
  RSASSA_PSS_SHA_512: over('pss', 'sha512', 64),
  ECDSA_SHA_256: over('ecdsa', 'sha256', 32),
  ECDSA_SHA_384: over('ecdsa', 'sha384', 48),
  ECDSA_SHA_512: over('ecdsa', 'sha512', 64),
  ED25519_SHA_512: { scheme: 'ed25519', messageTypes: ['RAW'] },
  ED25519_PH_SHA_512: { scheme: 'ed25519ph', messageTypes: ['DIGEST'], digestBytes: 64 },
  ML_DSA_SHAKE_256: { scheme: 'ml-dsa', messageTypes: ['RAW', 'EXTERNAL_MU'], digestBytes: 64 },
  SM2DSA: { scheme: 'sm2', messageTypes: digestible, digestBytes: 32 },
};

export const macAlgorithms: { readonly [A in MacAlgorithm]: { readonly hash: HashName; readonly macBytes: number } } = {
  HMAC_SHA_224: { hash: 'sha224', macBytes: 28 },
  HMAC_SHA_256: { hash: 'sha256', macBytes: 32 },
  HMAC_SHA_384: { hash: 'sha384', macBytes: 48 },
  HMAC_SHA_512: { hash: 'sha512', macBytes: 64 },
};

/** What differs between the specs of a family, as the primitives need it. */
interface SpecShape {
  readonly modulusBytes?: number;
  /** Length of an ECDH secret. */
  readonly sharedSecretBytes?: number;
  readonly encapsulationBytes?: number;
}

const specShapes: { readonly [S in KeySpec]: SpecShape } = {
  SYMMETRIC_DEFAULT: {},
  RSA_2048: { modulusBytes: 256 },
  RSA_3072: { modulusBytes: 384 },
  RSA_4096: { modulusBytes: 512 },
  ECC_NIST_P256: { sharedSecretBytes: 32 },
  ECC_NIST_P384: { sharedSecretBytes: 48 },
  ECC_NIST_P521: { sharedSecretBytes: 66 },
  ECC_SECG_P256K1: {},
  ECC_NIST_EDWARDS25519: {},
  HMAC_224: {},
  HMAC_256: {},
  HMAC_384: {},
  HMAC_512: {},
  SM2: { sharedSecretBytes: 32 },
  ML_DSA_44: {},
  ML_DSA_65: {},
  ML_DSA_87: {},
  ML_KEM_512: { encapsulationBytes: 768 },
  ML_KEM_768: { encapsulationBytes: 1_088 },
  ML_KEM_1024: { encapsulationBytes: 1_568 },
};

const oaepHashBytes = { RSAES_OAEP_SHA_1: 20, RSAES_OAEP_SHA_256: 32 } as const;

/** Length in bytes of a DIGEST (or, for ML-DSA, EXTERNAL_MU) message; undefined where only RAW is signed. */
export function digestLengthOf(algorithm: SigningAlgorithm): number | undefined {
  return signingAlgorithms[algorithm].digestBytes;
}

/** Which message types go with an algorithm of a spec; none when the spec does not sign with it. */
export function messageTypesOf(spec: KeySpec, algorithm: SigningAlgorithm): readonly MessageType[] {
  return algorithmsOf(spec, 'SIGN_VERIFY').includes(algorithm) ? signingAlgorithms[algorithm].messageTypes : [];
}

/**
 * The longest plaintext in bytes: k − 2h − 2 for RSA-OAEP (RFC 8017 section 7.1.1).
 *
 * @returns undefined when the spec does not encrypt with the algorithm
 */
export function maxPlaintextBytes(spec: KeySpec, algorithm: EncryptionAlgorithm): number | undefined {
  if (!algorithmsOf(spec, 'ENCRYPT_DECRYPT').includes(algorithm)) return undefined;
  if (algorithm === 'SYMMETRIC_DEFAULT') return 4_096;
  if (algorithm === 'SM2PKE') return 1_024;
  const { modulusBytes } = specShapes[spec];
  return modulusBytes === undefined ? undefined : modulusBytes - 2 * oaepHashBytes[algorithm] - 2;
}

/** Length in bytes of a MAC. */
export function macLengthOf(algorithm: MacAlgorithm): number {
  return macAlgorithms[algorithm].macBytes;
}

/** Length in bytes of an RSA modulus, and so of RSA ciphertexts and signatures; undefined for other specs. */
export function modulusBytesOf(spec: KeySpec): number | undefined {
  return specShapes[spec].modulusBytes;
}

/** Length in bytes of an ECDH secret; undefined where the spec does not agree on keys. */
export function sharedSecretBytesOf(spec: KeySpec): number | undefined {
  return specShapes[spec].sharedSecretBytes;
}

/** Length in bytes of an ML-KEM ciphertext; undefined for other specs. */
export function encapsulationBytesOf(spec: KeySpec): number | undefined {
  return specShapes[spec].encapsulationBytes;
}
