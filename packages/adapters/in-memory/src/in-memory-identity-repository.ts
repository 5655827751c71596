import type { AccountId } from '@keywarden/kernel';
import type { AccessKey, Account, IdentityRepository } from '@keywarden/identity';
import type { InMemoryChangeFeed } from './in-memory-change-feed';
import { compareText, copyOf } from './tables';

/** Accounts and access keys in Maps. */
export class InMemoryIdentityRepository implements IdentityRepository {
  readonly #accounts = new Map<AccountId, Account>();
  readonly #accessKeys = new Map<string, AccessKey>();
  readonly #feed: InMemoryChangeFeed;

  constructor(feed: InMemoryChangeFeed) {
    this.#feed = feed;
  }

  async findAccount(id: AccountId): Promise<Account | undefined> {
    return copyOf(this.#accounts.get(id));
  }

  async findAccessKey(id: string): Promise<AccessKey | undefined> {
    return copyOf(this.#accessKeys.get(id));
  }

  async listAccounts(limit: number): Promise<readonly Account[]> {
    return [...this.#accounts.values()]
      .sort((left, right) => left.createdAt - right.createdAt || compareText(left.id, right.id))
      .slice(0, limit)
      .map(copyOf);
  }

  async createFirstAccount(account: Account, accessKey: AccessKey): Promise<boolean> {
    if (this.#accounts.size > 0) return false;
    this.#accounts.set(account.id, copyOf(account));
    this.#accessKeys.set(accessKey.id, copyOf(accessKey));
    this.#feed.announce([{ kind: 'accessKey', accessKeyId: accessKey.id }]);
    return true;
  }
}
