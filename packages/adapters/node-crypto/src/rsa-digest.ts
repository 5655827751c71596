import { type KeyObject, constants, publicDecrypt, timingSafeEqual } from 'node:crypto';
import type { HashName, SigningScheme } from '@keywarden/crypto';
import { encodePkcs1, isPssEncoding } from './emsa';

/**
 * Verifies an RSA signature over a digest (RFC 8017 sections 8.1.2 and 8.2.2). For PKCS #1 v1.5 the whole encoding is
 * made anew and compared, so that no decoder can be lenient.
 *
 * @returns whether the signature is valid; false for anything malformed
 */
export function verifyRsaDigest(
  key: KeyObject,
  scheme: SigningScheme,
  hash: HashName,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  const length = (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
  if (signature.length !== length) return false;
  let opened: Uint8Array;
  try {
    opened = publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, signature);
  } catch {
    return false; // not below the modulus
  }
  if (scheme === 'pss') return isPssEncoding(hash, digest, opened);
  return timingSafeEqual(opened, encodePkcs1(hash, digest, length));
}
