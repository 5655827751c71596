import type { SigningKeyRepository, StoredSigningKey } from '@keywarden/audit';

export class InMemorySigningKeyRepository implements SigningKeyRepository {
  readonly #keys = new Map<number, StoredSigningKey>();

  async list(): Promise<readonly StoredSigningKey[]> {
    return [...this.#keys.values()].sort((left, right) => left.number - right.number);
  }

  async insertIfAbsent(key: StoredSigningKey): Promise<StoredSigningKey> {
    const stored = this.#keys.get(key.number) ?? key;
    this.#keys.set(key.number, stored);
    return stored;
  }
}
