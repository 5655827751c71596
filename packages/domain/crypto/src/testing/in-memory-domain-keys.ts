import { type AccountId, type Region, type Result, accept } from '@keywarden/kernel';
import type { DomainKeyRepository, RootKeySuperseded, StoredDomainKey } from '../root-keys';

/** Domain keys in a list; the rules of the port for a root key that stays, and nothing durable. */
export class InMemoryDomainKeys implements DomainKeyRepository {
  readonly #keys: StoredDomainKey[] = [];

  list(account: AccountId, region: Region): Promise<readonly StoredDomainKey[]> {
    const found = this.#keys.filter((key) => key.account === account && key.region === region);
    return Promise.resolve(found.sort((left, right) => left.version - right.version));
  }

  insertIfAbsent(key: StoredDomainKey): Promise<Result<StoredDomainKey, RootKeySuperseded>> {
    const stored = this.#keys.find(
      (other) => other.account === key.account && other.region === key.region && other.version === key.version,
    );
    if (stored === undefined) this.#keys.push(key);
    return Promise.resolve(accept(stored ?? key));
  }

  samples(): Promise<readonly StoredDomainKey[]> {
    return Promise.resolve([...new Map(this.#keys.map((key) => [key.rootKeyId, key])).values()]);
  }
}
