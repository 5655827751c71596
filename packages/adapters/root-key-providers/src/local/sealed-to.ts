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

/**
 * @param admission what only those know whose bytes the holder is to open, as in the PSK mode of RFC 9180; without it
 *   anybody may seal
 * @throws Error when the bytes are no X-Wing public key
 */
export function sealTo(
  publicKey: Uint8Array,
  secret: SecretBytes,
  boundTo: Uint8Array,
  admission?: SecretBytes,
): Uint8Array {
  const { secret: agreed, ciphertext } = xWingEncapsulate(publicKey);
  const cipher = createCipheriv('aes-256-gcm', onceKey(agreed, boundTo, admission), onlyIv, {
    authTagLength: tagBytes,
  });
  const sealed = secret.expose((bytes) => cipher.update(bytes));
  cipher.final();
  return Uint8Array.from([formatVersion, ...ciphertext, ...sealed, ...cipher.getAuthTag()]);
}

/** @returns undefined unless the bytes were sealed to this key for `boundTo`, by somebody who knew the admission */
export function openSealed(
  key: XWingKey,
  sealed: Uint8Array,
  boundTo: Uint8Array,
  admission?: SecretBytes,
): SecretBytes | undefined {
  if (sealed[0] !== formatVersion || sealed.length <= headerBytes + tagBytes) return undefined;
  const agreed = xWingDecapsulate(key, sealed.subarray(1, headerBytes));
  if (agreed === undefined) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', onceKey(agreed, boundTo, admission), onlyIv, {
    authTagLength: tagBytes,
  });
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

/**
 * Wipes `agreed`. What the secret is bound to goes into the key: no other binding finds it. The admission is the salt, that
 * is the key of the HMAC which extracts: who knows only what was agreed does not find it either.
 */
function onceKey(agreed: Buffer, boundTo: Uint8Array, admission: SecretBytes | undefined): KeyObject {
  // HKDF takes at most 1,024 bytes of info.
  const info = injectiveBytes(`keywarden/sealed-${admission === undefined ? 'to' : 'by'}/v1`, [boundTo]);
  const derived = (salt: Uint8Array): Uint8Array => new Uint8Array(hkdfSync('sha256', agreed, salt, info, 32));
  const key = admission === undefined ? derived(new Uint8Array()) : admission.expose(derived);
  agreed.fill(0);
  try {
    return createSecretKey(key);
  } finally {
    key.fill(0);
  }
}
