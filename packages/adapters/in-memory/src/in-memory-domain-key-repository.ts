import type { DomainKeyRepository, StoredDomainKey } from '@keywarden/crypto';
import type { AccountId, Region } from '@keywarden/kernel';
import { copyOf } from './tables';

/** Wrapped domain keys in a Map. */
export class InMemoryDomainKeyRepository implements DomainKeyRepository {
  readonly #keys = new Map<string, StoredDomainKey>();

  async list(account: AccountId, region: Region): Promise<readonly StoredDomainKey[]> {
    return [...this.#keys.values()]
      .filter((key) => key.account === account && key.region === region)
      .sort((left, right) => left.version - right.version)
      .map(copyOf);
  }

  async insertIfAbsent(key: StoredDomainKey): Promise<StoredDomainKey> {
    const row = `${key.account} ${key.region} ${key.version}`;
    const stored = this.#keys.get(row) ?? copyOf(key);
    this.#keys.set(row, stored);
    return copyOf(stored);
  }

  async findAny(): Promise<StoredDomainKey | undefined> {
    return copyOf(this.#keys.values().next().value);
  }
}
