import { type KeyObject, generateKeyPair } from 'node:crypto';
import type { KeySpec } from '@keywarden/keys';

export interface KeyObjectPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** How OpenSSL knows the pairs of a key spec. */
export type PairKind =
  | { readonly type: 'rsa'; readonly modulusLength: number }
  | { readonly type: 'ec'; readonly namedCurve: 'prime256v1' | 'secp384r1' | 'secp521r1' | 'secp256k1' }
  | { readonly type: 'ed25519' }
  | { readonly type: 'ml-dsa-44' | 'ml-dsa-65' | 'ml-dsa-87' }
  | { readonly type: 'ml-kem-512' | 'ml-kem-768' | 'ml-kem-1024' };

/** Undefined for specs without a key pair, and for SM2, which OpenSSL handles only in part (docs/divergences.md). */
export const pairKinds: { readonly [S in KeySpec]: PairKind | undefined } = {
  SYMMETRIC_DEFAULT: undefined,
  HMAC_224: undefined,
  HMAC_256: undefined,
  HMAC_384: undefined,
  HMAC_512: undefined,
  SM2: undefined,
  RSA_2048: { type: 'rsa', modulusLength: 2_048 },
  RSA_3072: { type: 'rsa', modulusLength: 3_072 },
  RSA_4096: { type: 'rsa', modulusLength: 4_096 },
  ECC_NIST_P256: { type: 'ec', namedCurve: 'prime256v1' },
  ECC_NIST_P384: { type: 'ec', namedCurve: 'secp384r1' },
  ECC_NIST_P521: { type: 'ec', namedCurve: 'secp521r1' },
  ECC_SECG_P256K1: { type: 'ec', namedCurve: 'secp256k1' },
  ECC_NIST_EDWARDS25519: { type: 'ed25519' },
  ML_DSA_44: { type: 'ml-dsa-44' },
  ML_DSA_65: { type: 'ml-dsa-65' },
  ML_DSA_87: { type: 'ml-dsa-87' },
  ML_KEM_512: { type: 'ml-kem-512' },
  ML_KEM_768: { type: 'ml-kem-768' },
  ML_KEM_1024: { type: 'ml-kem-1024' },
};

/**
 * Makes a pair on the thread pool, off the event loop; RSA has the public exponent 65,537.
 *
 * @throws Error for specs without a key pair
 */
export function generatePair(spec: KeySpec): Promise<KeyObjectPair> {
  const kind = pairKinds[spec];
  if (kind === undefined) return Promise.reject(new Error(`no key pair can be made for ${spec}`));
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, publicKey: KeyObject, privateKey: KeyObject): void => {
      if (error) reject(error);
      else resolve({ publicKey, privateKey });
    };
    switch (kind.type) {
      case 'rsa':
        return generateKeyPair('rsa', { modulusLength: kind.modulusLength, publicExponent: 0x10001 }, done);
      case 'ec':
        return generateKeyPair('ec', { namedCurve: kind.namedCurve, paramEncoding: 'named' }, done);
      case 'ed25519':
        return generateKeyPair('ed25519', {}, done);
      case 'ml-dsa-44':
      case 'ml-dsa-65':
      case 'ml-dsa-87':
        return generateKeyPair(kind.type, {}, done);
      case 'ml-kem-512':
      case 'ml-kem-768':
      case 'ml-kem-1024':
        return generateKeyPair(kind.type, {}, done);
    }
  });
}
