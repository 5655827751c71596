import { type KeyObject, createPublicKey } from 'node:crypto';

const smallestModulus = 2048;
const largestModulus = 4096;
const smallestExponent = 65_537n;

/**
 * The key an answer is encrypted for.
 *
 * @param spki SubjectPublicKeyInfo, DER, nothing behind it
 * @returns undefined unless it is an RSA key of 2,048 to 4,096 bits with an odd exponent of at least 65,537
 */
export function readRecipientKey(spki: Uint8Array): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    if (key.asymmetricKeyType !== 'rsa') return undefined;
    const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
    if (modulusLength < smallestModulus || modulusLength > largestModulus) return undefined;
    if (publicExponent < smallestExponent || publicExponent % 2n === 0n) return undefined;
    return Buffer.compare(key.export({ format: 'der', type: 'spki' }), spki) === 0 ? key : undefined;
  } catch {
    return undefined;
  }
}
