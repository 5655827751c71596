import { type KeyObject, constants, createCipheriv, createPublicKey, publicEncrypt, randomFillSync } from 'node:crypto';

/** The ways that a service may be asked to take key material in. */
export const wrappingAlgorithms = [
  'RSAES_OAEP_SHA_256',
  'RSAES_OAEP_SHA_1',
  'RSA_AES_KEY_WRAP_SHA_256',
  'RSA_AES_KEY_WRAP_SHA_1',
] as const;
export type WrappingAlgorithm = (typeof wrappingAlgorithms)[number];

/** The initial value that marks a wrapping with padding. @see https://www.rfc-editor.org/rfc/rfc5649#section-3 */
const paddedWrapIv = Buffer.from('a65959a6', 'hex');

/**
 * Wraps key material for its import: under RSA-OAEP alone, or, for what is too long for that, under an AES key that is
 * used once and goes along under RSA-OAEP (PKCS #11 CKM_RSA_AES_KEY_WRAP).
 *
 * @param publicKey SubjectPublicKeyInfo, DER
 * @throws Error when the material is too long for RSA-OAEP
 */
export function wrapKeyMaterial(algorithm: WrappingAlgorithm, publicKey: Uint8Array, material: Uint8Array): Buffer {
  const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
  switch (algorithm) {
    case 'RSAES_OAEP_SHA_256':
      return oaep(key, 'sha256', material);
    case 'RSAES_OAEP_SHA_1':
      return oaep(key, 'sha1', material);
    case 'RSA_AES_KEY_WRAP_SHA_256':
      return underKeyUsedOnce(key, 'sha256', material);
    case 'RSA_AES_KEY_WRAP_SHA_1':
      return underKeyUsedOnce(key, 'sha1', material);
  }
}

function oaep(key: KeyObject, oaepHash: string, bytes: Uint8Array): Buffer {
  return publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, bytes);
}

function underKeyUsedOnce(key: KeyObject, oaepHash: string, material: Uint8Array): Buffer {
  const once = randomFillSync(Buffer.alloc(32));
  try {
    const cipher = createCipheriv('id-aes256-wrap-pad', once, paddedWrapIv);
    return Buffer.concat([oaep(key, oaepHash, once), cipher.update(material), cipher.final()]);
  } finally {
    once.fill(0);
  }
}
