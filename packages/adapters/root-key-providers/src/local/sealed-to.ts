import { type KeyObject, createCipheriv, createDecipheriv, createSecretKey, hkdfSync } from 'node:crypto';
import { injectiveBytes } from '@keywarden/crypto';
import { SecretBytes } from '@keywarden/kernel';
import { type XWingKey, xWingCiphertextBytes, xWingDecapsulate, xWingEncapsulate } from './x-wing';

/**
 * A small secret for the holder of an X-Wing private key: format version, encapsulation, ciphertext, tag. The key of the
 * AES-256-GCM inside is used once, so its IV is fixed.
 */
const formatVersion = 1;
const headerBytes = 1 + xWingCiphertextBytes;
const tagBytes = 16;
const onlyIv = new Uint8Array(12);

/** @throws Error when the bytes are no X-Wing public key */
export function sealTo(publicKey: Uint8Array, secret: SecretBytes, boundTo: Uint8Array): Uint8Array {
  const { secret: agreed, ciphertext } = xWingEncapsulate(publicKey);
  const cipher = createCipheriv('aes-256-gcm', onceKey(agreed, boundTo), onlyIv, { authTagLength: tagBytes });
  const sealed = secret.expose((bytes) => cipher.update(bytes));
  cipher.final();
  return Uint8Array.from([formatVersion, ...ciphertext, ...sealed, ...cipher.getAuthTag()]);
}

/** @returns undefined unless the bytes were sealed to this key for `boundTo` */
export function openSealed(key: XWingKey, sealed: Uint8Array, boundTo: Uint8Array): SecretBytes | undefined {
  if (sealed[0] !== formatVersion || sealed.length <= headerBytes + tagBytes) return undefined;
  const agreed = xWingDecapsulate(key, sealed.subarray(1, headerBytes));
  if (agreed === undefined) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', onceKey(agreed, boundTo), onlyIv, { authTagLength: tagBytes });
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
  const secret = SecretBytes.adopt(decipher.update(sealed.subarray(headerBytes, sealed.length - tagBytes)));
  try {
    decipher.final();
    return secret;
  } catch {
    secret[Symbol.dispose]();
    return undefined;
  }
}

/** Wipes `agreed`. What the secret is bound to goes into the key: no other binding finds it. */
function onceKey(agreed: Buffer, boundTo: Uint8Array): KeyObject {
  // HKDF takes at most 1,024 bytes of info.
  const info = injectiveBytes('keywarden/sealed-to/v1', [boundTo]);
  const key = new Uint8Array(hkdfSync('sha256', agreed, new Uint8Array(), info, 32));
  agreed.fill(0);
  try {
    return createSecretKey(key);
  } finally {
    key.fill(0);
  }
}
