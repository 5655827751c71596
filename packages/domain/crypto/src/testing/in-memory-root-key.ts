import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
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
  restore: (id, secret) => {
    const key = secret.expose((bytes) => Uint8Array.from(bytes));
    return id.endsWith(`-${printOf(key)}`) ? new InMemoryRootKey(id, key) : undefined;
  },
};
