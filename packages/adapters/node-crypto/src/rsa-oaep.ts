import { type KeyObject, constants, publicEncrypt, webcrypto } from 'node:crypto';
import { SecretBytes } from '@keywarden/kernel';

export type OaepHash = 'sha1' | 'sha256';
const webNames = { sha1: 'SHA-1', sha256: 'SHA-256' } as const;

/** RSA-OAEP with the hash also in MGF1 and an empty label. */
export function encryptOaep(publicKey: KeyObject, hash: OaepHash, plaintext: Uint8Array): Uint8Array {
  const how = { key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash };
  return Uint8Array.from(publicEncrypt(how, plaintext));
}

/**
 * Through Web Crypto, whose private operations run on the thread pool; `privateDecrypt` would hold the event loop for
 * up to two milliseconds.
 *
 * @returns undefined for every ciphertext that does not decrypt, whatever the reason
 */
export async function decryptOaep(
  privateKey: KeyObject,
  hash: OaepHash,
  ciphertext: Uint8Array,
): Promise<SecretBytes | undefined> {
  const key = privateKey.toCryptoKey({ name: 'RSA-OAEP', hash: webNames[hash] }, false, ['decrypt']);
  const given = Uint8Array.from(ciphertext);
  try {
    return SecretBytes.adopt(new Uint8Array(await webcrypto.subtle.decrypt({ name: 'RSA-OAEP' }, key, given)));
  } catch (error) {
    if (error instanceof DOMException && error.name === 'OperationError') return undefined;
    throw error;
  }
}
