import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import { SecretBytes } from '@keywarden/kernel';
import type { HeldRootKey, RootKeyMaker, RootKeyWrapper } from '../root-keys';

/** A root key that is gone with the process: for tests. Nonce, tag, ciphertext end to end. */
export class InMemoryRootKey implements HeldRootKey {
  readonly #key: Uint8Array;

  constructor(
    readonly id: string = 'root-of-the-test',
    key: Uint8Array = randomBytes(32),
  ) {
    this.#key = key;
  }

  wrap(domainKey: SecretBytes, boundTo: Uint8Array): Promise<Uint8Array> {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv, { authTagLength: 16 }).setAAD(boundTo);
    const sealed = domainKey.expose((bytes) => Buffer.concat([cipher.update(bytes), cipher.final()]));
    return Promise.resolve(Uint8Array.from(Buffer.concat([iv, cipher.getAuthTag(), sealed])));
  }

  unwrap(wrapped: Uint8Array, boundTo: Uint8Array): Promise<SecretBytes | undefined> {
    if (wrapped.length < 28) return Promise.resolve(undefined);
    const decipher = createDecipheriv('aes-256-gcm', this.#key, wrapped.subarray(0, 12), { authTagLength: 16 });
    decipher.setAAD(boundTo).setAuthTag(wrapped.subarray(12, 28));
    try {
      const opened = Buffer.concat([decipher.update(wrapped.subarray(28)), decipher.final()]);
      return Promise.resolve(SecretBytes.adopt(opened));
    } catch {
      return Promise.resolve(undefined);
    }
  }

  get verificationKey(): Uint8Array {
    const spki = createPublicKey(this.#signing()).export({ format: 'der', type: 'spki' });
    return Uint8Array.from(spki);
  }

  sign(entry: Uint8Array): Uint8Array {
    return Uint8Array.from(sign(null, entry, this.#signing()));
  }

  #signing() {
    const seed = createHash('sha256').update(this.#key).update('signing').digest();
    const key = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
    return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  }

  wrappedBy(wrapper: RootKeyWrapper, boundTo: Uint8Array): Promise<Uint8Array> {
    return wrapper.wrap(SecretBytes.copyOf(this.#key), boundTo);
  }
}

/** What the id of a root key ends with. */
export const printOf = (key: Uint8Array): string => createHash('sha256').update(key).digest('hex').slice(0, 16);

/** Root keys whose id follows from their bytes. */
export const inMemoryRootKeys: RootKeyMaker = {
  make: () => {
    const key = randomBytes(32);
    return new InMemoryRootKey(`root-${printOf(key)}`, key);
  },
  verifies: (verificationKey, entry, signature) => {
    try {
      const key = createPublicKey({ key: Buffer.from(verificationKey), format: 'der', type: 'spki' });
      return verify(null, entry, key, signature);
    } catch {
      return false;
    }
  },
  digest: (bytes) => Uint8Array.from(createHash('sha256').update(bytes).digest()),
  restore: (id, secret) => {
    const key = secret.expose((bytes) => Uint8Array.from(bytes));
    return id.endsWith(`-${printOf(key)}`) ? new InMemoryRootKey(id, key) : undefined;
  },
};
