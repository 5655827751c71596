import { type KeyObject, randomBytes } from 'node:crypto';
import { ml_dsa44, ml_dsa65, ml_dsa87 } from '@noble/post-quantum/ml-dsa.js';

/* ML-DSA with an external mu (FIPS 204 algorithm 7, line 6), which node:crypto does not offer. */
const sets = { ML_DSA_44: ml_dsa44, ML_DSA_65: ml_dsa65, ML_DSA_87: ml_dsa87 };
export type MlDsaSpec = keyof typeof sets;

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

export function isMlDsaSpec(spec: string): spec is MlDsaSpec {
  return Object.hasOwn(sets, spec);
}
