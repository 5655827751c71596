import { createHmac, randomBytes } from 'node:crypto';
import type { SecretBytes } from '@keywarden/kernel';
import { type SigningKey, deriveSigningKey } from './signing-key';
import type { SigningScope } from './string-to-sign';

interface Entry {
  readonly accessKeyId: string;
  /** Tells cheaply that the secret is still the very same object, without keeping it alive. */
  source: WeakRef<SecretBytes>;
  readonly fingerprint: Buffer;
  readonly key: SigningKey;
}

/**
 * Signing keys by access key id, day, Region and service; the least recently used goes first. A key is derived anew as soon
 * as the secret it was made from is another one. A key that is dropped is wiped: use it at once, and do not hold it.
 */
export class SigningKeyCache {
  readonly #entries = new Map<string, Entry>();
  readonly #fingerprintKey = randomBytes(32);

  /** @param capacity number of keys, at least 1 */
  constructor(private readonly capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 1) throw new RangeError(`not a cache capacity: ${capacity}`);
  }

  get size(): number {
    return this.#entries.size;
  }

  signingKey(accessKeyId: string, secretAccessKey: SecretBytes, scope: SigningScope): SigningKey {
    // INVARIANT: no part holds a slash, because the credential was split at slashes.
    const name = `${accessKeyId}/${scope.date}/${scope.region}/${scope.service}`;
    const entry = this.#entries.get(name);
    if (entry !== undefined) {
      if (this.#madeFrom(entry, secretAccessKey)) {
        this.#used(name, entry);
        return entry.key;
      }
      this.#drop(name, entry);
    }
    const key = deriveSigningKey(secretAccessKey, scope);
    const fingerprint = this.#fingerprint(secretAccessKey);
    this.#entries.set(name, { accessKeyId, source: new WeakRef(secretAccessKey), fingerprint, key });
    if (this.#entries.size > this.capacity) this.#dropOldest();
    return key;
  }

  /** Drops every key of an access key, for when it was deleted or replaced. */
  forget(accessKeyId: string): void {
    for (const [name, entry] of this.#entries) {
      if (entry.accessKeyId === accessKeyId) this.#drop(name, entry);
    }
  }

  #madeFrom(entry: Entry, secretAccessKey: SecretBytes): boolean {
    if (entry.source.deref() === secretAccessKey) return true;
    if (!this.#fingerprint(secretAccessKey).equals(entry.fingerprint)) return false;
    entry.source = new WeakRef(secretAccessKey);
    return true;
  }

  #fingerprint(secretAccessKey: SecretBytes): Buffer {
    return secretAccessKey.expose((secret) => createHmac('sha256', this.#fingerprintKey).update(secret).digest());
  }

  /** A full cache orders by use; while there is room the order is of no use and costs two writes a read. */
  #used(name: string, entry: Entry): void {
    if (this.#entries.size < this.capacity) return;
    this.#entries.delete(name);
    this.#entries.set(name, entry);
  }

  #dropOldest(): void {
    for (const [name, entry] of this.#entries) return this.#drop(name, entry);
  }

  #drop(name: string, entry: Entry): void {
    this.#entries.delete(name);
    entry.key[Symbol.dispose]();
  }
}
