import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { SecretBytes, accept, refuse } from '@keywarden/kernel';
import type { ConnectionErrorCode } from '../connection';
import type { KeyInStore, KeyStoreBackend, StoreCall } from '../ports';
import type { KeyStoreFailed, StoreFailureCause, StoreKeyRefusal, StoreSettingsRefusal } from '../refusals';

/** A store in memory that really encrypts, and can be told to fail. */
export class FakeBackend implements KeyStoreBackend {
  readonly keys = new Map<string, Buffer>();
  readonly calls: (StoreCall & { readonly what: string })[] = [];
  readonly released: string[] = [];
  /** Secrets seen, as text. */
  readonly secrets: string[] = [];
  settings: StoreSettingsRefusal | undefined;
  connection: ConnectionErrorCode | Error | undefined;
  failure: StoreFailureCause | undefined;
  newKey: StoreKeyRefusal | undefined;
  relatedClusters = false;
  /** Waited for by connect. */
  gate: Promise<void> = Promise.resolve();

  async verify({ secret }: Parameters<KeyStoreBackend['verify']>[0], call: StoreCall) {
    this.secrets.push(secret.expose((bytes) => Buffer.from(bytes).toString()));
    this.calls.push({ ...call, what: 'verify' });
    return this.settings === undefined ? accept(undefined) : refuse(this.settings);
  }

  related(): boolean {
    return this.relatedClusters;
  }

  async connect({ secret }: Parameters<KeyStoreBackend['connect']>[0], call: StoreCall) {
    this.secrets.push(secret.expose((bytes) => Buffer.from(bytes).toString()));
    this.calls.push({ ...call, what: 'connect' });
    await this.gate;
    if (this.connection instanceof Error) throw this.connection;
    return this.connection === undefined ? accept(undefined) : refuse(this.connection);
  }

  async release(id: string): Promise<void> {
    this.released.push(id);
  }

  async createKey(_use: unknown, key: KeyInStore, call: StoreCall) {
    this.calls.push({ ...call, what: 'createKey' });
    if (this.newKey !== undefined) return refuse(this.newKey);
    this.keys.set(nameOf(key), this.keys.get(nameOf(key)) ?? randomBytes(32));
    return accept(undefined);
  }

  async encrypt(_use: unknown, key: KeyInStore, plaintext: SecretBytes, boundTo: Uint8Array, call: StoreCall) {
    this.calls.push({ ...call, what: 'encrypt' });
    const material = this.#material(key);
    if (!material.ok) return material;
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', material.value, iv, { authTagLength: 16 }).setAAD(boundTo);
    const ciphertext = plaintext.expose((bytes) => cipher.update(bytes));
    cipher.final();
    return accept({ iv, ciphertext, tag: cipher.getAuthTag() });
  }

  async decrypt(
    _use: unknown,
    key: KeyInStore,
    { iv, ciphertext, tag }: Parameters<KeyStoreBackend['decrypt']>[2],
    boundTo: Uint8Array,
    call: StoreCall,
  ) {
    this.calls.push({ ...call, what: 'decrypt' });
    const material = this.#material(key);
    if (!material.ok) return material;
    const decipher = createDecipheriv('aes-256-gcm', material.value, iv, { authTagLength: 16 }).setAAD(boundTo);
    decipher.setAuthTag(tag);
    const plaintext = decipher.update(ciphertext);
    try {
      decipher.final();
      return accept(SecretBytes.adopt(plaintext));
    } catch {
      return refuse({ code: 'CiphertextRefused' } as const);
    }
  }

  random(_use: unknown, length: number) {
    return Promise.resolve(accept(SecretBytes.adopt(randomBytes(length))));
  }

  async destroyKey(_use: unknown, key: Pick<KeyInStore, 'keyId'>) {
    if (this.failure !== undefined) return refuse({ code: 'KeyStoreFailed', cause: this.failure } as const);
    this.keys.delete(nameOf(key));
    return accept(undefined);
  }

  #material(key: KeyInStore) {
    const failed = (cause: StoreFailureCause) => refuse<KeyStoreFailed>({ code: 'KeyStoreFailed', cause });
    if (this.failure !== undefined) return failed(this.failure);
    const material = this.keys.get(nameOf(key));
    return material === undefined ? failed('KeyNotFoundException') : accept(material);
  }
}

function nameOf({ externalId, keyId }: Partial<KeyInStore>): string {
  return externalId ?? keyId ?? '';
}
