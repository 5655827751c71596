import { type KeyObject, createPrivateKey, createPublicKey, verify } from 'node:crypto';

/** What stands before the 32 bytes of a seed in PKCS#8, and before those of a public key in SPKI (RFC 8410). */
const privatePrefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex');
const keyBytes = 32;
const signatureBytes = 64;

/** @param seed 32 bytes; wiped by this call */
export function ed25519Key(seed: Uint8Array): KeyObject {
  const der = Buffer.concat([privatePrefix, seed]);
  seed.fill(0);
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } finally {
    der.fill(0);
  }
}

/** The 32 bytes of the public half. */
export function publicBytes(key: KeyObject): Uint8Array {
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return Uint8Array.from(spki.subarray(publicPrefix.length));
}

export function verifiesEd25519(publicKey: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== keyBytes || signature.length !== signatureBytes) return false;
  const key = createPublicKey({ key: Buffer.concat([publicPrefix, publicKey]), format: 'der', type: 'spki' });
  return verify(null, data, key, signature);
}
