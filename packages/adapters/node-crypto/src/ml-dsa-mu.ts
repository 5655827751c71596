import { type KeyObject, randomBytes } from 'node:crypto';
import { ml_dsa44, ml_dsa65, ml_dsa87 } from '@noble/post-quantum/ml-dsa.js';
import type { MlDsaSpec } from './ml-dsa-specs';

/* ML-DSA with an external mu (FIPS 204 algorithm 7, line 6), which node:crypto does not offer. */
const sets: { readonly [S in MlDsaSpec]: typeof ml_dsa44 } = {
  ML_DSA_44: ml_dsa44,
  ML_DSA_65: ml_dsa65,
  ML_DSA_87: ml_dsa87,
};

/** Hedged. @param mu 64 bytes */
export function signMu(spec: MlDsaSpec, privateKey: KeyObject, mu: Uint8Array): Uint8Array {
  const seed = privateKey.export({ format: 'raw-seed' });
  const { secretKey } = sets[spec].keygen(seed);
  try {
    return sets[spec].internal.sign(mu, secretKey, { externalMu: true, extraEntropy: randomBytes(32) });
  } finally {
    seed.fill(0);
    secretKey.fill(0);
  }
}

/** @returns whether the signature is valid; false for anything malformed */
export function verifyMu(spec: MlDsaSpec, publicKey: KeyObject, mu: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== sets[spec].lengths.signature) return false;
  try {
    return sets[spec].internal.verify(signature, mu, publicKey.export({ format: 'raw-public' }), { externalMu: true });
  } catch {
    return false;
  }
}
