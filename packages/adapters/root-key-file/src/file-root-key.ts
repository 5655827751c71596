import {
  type KeyObject,
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  randomBytes,
} from 'node:crypto';
import { type RootKey, injectiveBytes } from '@keywarden/crypto';
import { SecretBytes } from '@keywarden/kernel';

const ivBytes = 12;
const tagBytes = 16;
const formatVersion = 1;

/**
 * A root key held in the memory of this process. Wrapped keys are: format version, IV, ciphertext, tag; AES-256-GCM. A
 * root key wraps one domain key per account and Region, far below the bound of random IVs (2^32).
 */
export class FileRootKey implements RootKey {
  readonly id: string;
  readonly #key: KeyObject;

  /** @param key 32 bytes; wiped by this call */
  constructor(key: Uint8Array) {
    this.#key = createSecretKey(key);
    key.fill(0);
    const print = createHmac('sha256', this.#key).update(injectiveBytes('keywarden/root-key-id/v1', [])).digest('hex');
    this.id = `file-${print.slice(0, 16)}`;
  }

  wrap(domainKey: SecretBytes, boundTo: Uint8Array): Promise<Uint8Array> {
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv, { authTagLength: tagBytes });
    cipher.setAAD(this.#aad(boundTo));
    const sealed = domainKey.expose((bytes) => cipher.update(bytes));
    cipher.final();
    return Promise.resolve(Uint8Array.of(formatVersion, ...iv, ...sealed, ...cipher.getAuthTag()));
  }

  unwrap(wrapped: Uint8Array, boundTo: Uint8Array): Promise<SecretBytes | undefined> {
    if (wrapped[0] !== formatVersion || wrapped.length <= 1 + ivBytes + tagBytes) return Promise.resolve(undefined);
    const iv = wrapped.subarray(1, 1 + ivBytes);
    const decipher = createDecipheriv('aes-256-gcm', this.#key, iv, { authTagLength: tagBytes });
    decipher.setAAD(this.#aad(boundTo));
    decipher.setAuthTag(wrapped.subarray(wrapped.length - tagBytes));
    const opened = decipher.update(wrapped.subarray(1 + ivBytes, wrapped.length - tagBytes));
    const secret = SecretBytes.adopt(opened);
    try {
      decipher.final();
      return Promise.resolve(secret);
    } catch {
      secret[Symbol.dispose]();
      return Promise.resolve(undefined);
    }
  }

  #aad(boundTo: Uint8Array): Uint8Array {
    return injectiveBytes('keywarden/root-key-wrap/v1', [boundTo]);
  }
}
