import type { AccountId, Region } from '@keywarden/kernel';
import type { DomainKeyRepository, StoredDomainKey } from '../ports';

/** Domain keys in a list; the rules of the port and nothing durable. */
export class InMemoryDomainKeys implements DomainKeyRepository {
  readonly #keys: StoredDomainKey[] = [];

  list(account: AccountId, region: Region): Promise<readonly StoredDomainKey[]> {
    const found = this.#keys.filter((key) => key.account === account && key.region === region);
    return Promise.resolve(found.sort((left, right) => left.version - right.version));
  }

  insertIfAbsent(key: StoredDomainKey): Promise<StoredDomainKey> {
    const stored = this.#keys.find(
      (other) => other.account === key.account && other.region === key.region && other.version === key.version,
    );
    if (stored === undefined) this.#keys.push(key);
    return Promise.resolve(stored ?? key);
  }

  findAny(): Promise<StoredDomainKey | undefined> {
    return Promise.resolve(this.#keys[0]);
  }
}
