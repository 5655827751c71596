import {
  type KeyObject,
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  createHash,
  hkdfSync,
  randomBytes,
  sign,
  timingSafeEqual,
} from 'node:crypto';
import { type HeldRootKey, type RootKeyMaker, type RootKeyWrapper, injectiveBytes } from '@keywarden/crypto';
import { SecretBytes } from '@keywarden/kernel';
import { ed25519Key, publicBytes, verifiesEd25519 } from './ed25519';

const ivBytes = 12;
const tagBytes = 16;
const formatVersion = 1;
const keyBytes = 32;

/**
 * A root key held in the memory of this process. Wrapped keys are: format version, IV, ciphertext, tag; AES-256-GCM. A
 * root key wraps one domain key per account and Region, far below the bound of random IVs (2^32).
 */
export class LocalRootKey implements HeldRootKey {
  readonly id: string;
  readonly verificationKey: Uint8Array;
  readonly #key: KeyObject;
  readonly #signing: KeyObject;

  /**
   * @param key 32 bytes; wiped by this call
   * @param name what the id begins with: `file` for the key in a root key file of format 1, `root` for others
   */
  constructor(key: Uint8Array, name: 'file' | 'root') {
    this.#key = createSecretKey(key);
    key.fill(0);
    this.id = `${name}-${fingerprint(this.#key)}`;
    const info = injectiveBytes('keywarden/root-key-signing/v1', []);
    this.#signing = ed25519Key(new Uint8Array(hkdfSync('sha256', this.#key, new Uint8Array(), info, keyBytes)));
    this.verificationKey = publicBytes(this.#signing);
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

  sign(entry: Uint8Array): Uint8Array {
    return Uint8Array.from(sign(null, entry, this.#signing));
  }

  async wrappedBy(wrapper: RootKeyWrapper, boundTo: Uint8Array): Promise<Uint8Array> {
    using bytes = SecretBytes.adopt(this.#key.export());
    return await wrapper.wrap(bytes, boundTo);
  }

  #aad(boundTo: Uint8Array): Uint8Array {
    return injectiveBytes('keywarden/root-key-wrap/v1', [boundTo]);
  }
}

function fingerprint(key: KeyObject): string {
  const print = createHmac('sha256', key).update(injectiveBytes('keywarden/root-key-id/v1', [])).digest('hex');
  return print.slice(0, 16);
}

/** Root keys in the memory of this process. */
export const localRootKeys: RootKeyMaker = {
  make: () => new LocalRootKey(randomBytes(keyBytes), 'root'),
  verifies: verifiesEd25519,
  digest: (bytes) => Uint8Array.from(createHash('sha256').update(bytes).digest()),
  restore(id, bytes) {
    using secret = bytes;
    const name = /^(file|root)-/.exec(id)?.[1];
    if (secret.length !== keyBytes || (name !== 'file' && name !== 'root')) return undefined;
    const root = secret.expose((key) => new LocalRootKey(key, name));
    const [given, made] = [Buffer.from(id), Buffer.from(root.id)];
    return given.length === made.length && timingSafeEqual(given, made) ? root : undefined;
  },
};
