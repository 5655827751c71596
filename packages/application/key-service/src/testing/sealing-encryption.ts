import { createHash } from 'node:crypto';
import {
  type AsymmetricEncryption,
  type BlobOrigin,
  type EncryptionContext,
  type SymmetricEncryption,
  blankBlob,
  canonicalContext,
  sealedParts,
} from '@keywarden/crypto';
import { SecretBytes, accept, refuse } from '@keywarden/kernel';

const sha256 = (...parts: readonly (Uint8Array | string)[]): Uint8Array => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('|');
  return Uint8Array.from(hash.digest());
};

const commitmentOf = (origin: Pick<BlobOrigin, 'keyId' | 'materialId'>, context: EncryptionContext): Uint8Array =>
  sha256(origin.keyId, origin.materialId, canonicalContext(context));

/**
 * Makes blobs of the real layout that are sealed but not secret: key, material, encryption context and bytes are
 * checked as a real cipher would, so tests of the rules around it need no key hierarchy.
 */
export const sealingSymmetric: SymmetricEncryption = {
  async encrypt({ key }, plaintext, context) {
    if (key.currentMaterialId === undefined) throw new Error('the key has no current material');
    const origin = { keyId: key.id, materialId: key.currentMaterialId };
    const bytes = blankBlob({ ...origin, nonce: new Uint8Array(16), iv: new Uint8Array(12) }, plaintext.length);
    const parts = sealedParts(bytes)!;
    parts.commitment.set(commitmentOf(origin, context));
    plaintext.expose((plain) => parts.ciphertext.set(plain));
    parts.tag.set(sha256(parts.header, parts.ciphertext).subarray(0, 16));
    return accept(bytes);
  },

  async decrypt({ key }, blob, context) {
    const parts = sealedParts(blob.bytes)!;
    const known = key.materials.some(({ id, wrapped }) => id === blob.materialId && wrapped !== undefined);
    const committed = Buffer.compare(parts.commitment, commitmentOf(blob, context)) === 0;
    const intact = Buffer.compare(parts.tag, sha256(parts.header, parts.ciphertext).subarray(0, 16)) === 0;
    if (!known || !committed || !intact) return refuse({ code: 'CiphertextRefused' });
    return accept(SecretBytes.copyOf(parts.ciphertext));
  },
};

/** Blocks of 256 bytes that name their algorithm and key. */
export const sealingAsymmetric: AsymmetricEncryption = {
  async encrypt({ key }, algorithm, plaintext) {
    const block = new Uint8Array(256);
    block.set(sha256(key.id, algorithm).subarray(0, 8));
    block[8] = plaintext.length;
    plaintext.expose((plain) => block.set(plain, 9));
    return block;
  },

  async decrypt({ key }, algorithm, ciphertext) {
    const ours = Buffer.compare(ciphertext.subarray(0, 8), sha256(key.id, algorithm).subarray(0, 8)) === 0;
    if (!ours || ciphertext.length !== 256) return refuse({ code: 'CiphertextRefused' });
    return accept(SecretBytes.copyOf(ciphertext.subarray(9, 9 + ciphertext[8]!)));
  },
};
