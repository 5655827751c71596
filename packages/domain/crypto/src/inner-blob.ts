import type { SecretBytes } from '@keywarden/kernel';
import { type CiphertextBlob, parseCiphertextBlob } from './ciphertext-blob';

/**
 * The ciphertext blob that was encrypted once more by a custom key store. What stores give back is a secret until it is
 * known what it is; a blob is none.
 *
 * @returns undefined when the bytes are no blob; a copy, so that the secret may be wiped
 */
export function innerBlob(decrypted: SecretBytes): CiphertextBlob | undefined {
  return decrypted.expose((bytes) => parseCiphertextBlob(Uint8Array.from(bytes)));
}
