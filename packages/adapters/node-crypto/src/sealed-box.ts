import { type KeyObject, createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { injectiveBytes } from '@keywarden/crypto';
import { SecretBytes } from '@keywarden/kernel';

/**
 * Small secrets under a domain key: AES-256-GCM with a random IV.
 *
 * | 0       | 1–4                | 5–16 | …          | last 16 |
 * | ------- | ------------------ | ---- | ---------- | ------- |
 * | version | domain key version | IV   | ciphertext | tag     |
 *
 * Version and domain key version are part of the AAD. A domain key wraps materials, secrets and import tokens of one
 * account and Region: at one a second it reaches the bound of random IVs (2^32) after 136 years.
 */
const formatVersion = 1;
const headerBytes = 5;
const ivBytes = 12;
const tagBytes = 16;

function aad(header: Uint8Array, binding: Uint8Array): Uint8Array {
  return injectiveBytes('keywarden/sealed-box/v1', [header, binding]);
}

/** @param binding what the secret belongs to; opening it needs the same bytes */
export function sealBox(
  key: KeyObject,
  domainKeyVersion: number,
  binding: Uint8Array,
  secret: SecretBytes,
): Uint8Array<ArrayBuffer> {
  const box = new Uint8Array(headerBytes + ivBytes + secret.length + tagBytes);
  box[0] = formatVersion;
  new DataView(box.buffer).setUint32(1, domainKeyVersion);
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes });
  cipher.setAAD(aad(box.subarray(0, headerBytes), binding));
  box.set(iv, headerBytes);
  box.set(
    secret.expose((bytes) => cipher.update(bytes)),
    headerBytes + ivBytes,
  );
  cipher.final();
  box.set(cipher.getAuthTag(), box.length - tagBytes);
  return box;
}

/** @returns undefined when the bytes are no sealed box */
export function domainKeyVersionOf(box: Uint8Array): number | undefined {
  if (box[0] !== formatVersion || box.length <= headerBytes + ivBytes + tagBytes) return undefined;
  return new DataView(box.buffer, box.byteOffset, box.byteLength).getUint32(1);
}

/** @returns undefined unless the box was sealed with this key for this binding */
export function openBox(key: KeyObject, binding: Uint8Array, box: Uint8Array): SecretBytes | undefined {
  if (domainKeyVersionOf(box) === undefined) return undefined;
  const iv = box.subarray(headerBytes, headerBytes + ivBytes);
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes });
  decipher.setAAD(aad(box.subarray(0, headerBytes), binding));
  decipher.setAuthTag(box.subarray(box.length - tagBytes));
  const secret = SecretBytes.adopt(decipher.update(box.subarray(headerBytes + ivBytes, box.length - tagBytes)));
  try {
    decipher.final();
    return secret;
  } catch {
    secret[Symbol.dispose]();
    return undefined;
  }
}
