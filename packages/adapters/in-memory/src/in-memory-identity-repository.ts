import type { AccountId } from '@keywarden/kernel';
import type { AccessKey, Account, IdentityRepository } from '@keywarden/identity';
import { type IdentityTables, emptyIdentityTables } from './identity-tables';
import type { InMemoryChangeFeed } from './in-memory-change-feed';
import { compareText, copyOf } from './tables';

/** Accounts and access keys in Maps. */
export class InMemoryIdentityRepository implements IdentityRepository {
  readonly #tables: IdentityTables;
  readonly #feed: InMemoryChangeFeed;

  constructor(feed: InMemoryChangeFeed, tables: IdentityTables = emptyIdentityTables()) {
    this.#feed = feed;
    this.#tables = tables;
  }

  async findAccount(id: AccountId): Promise<Account | undefined> {
    return copyOf(this.#tables.accounts.get(id));
  }

  async findAccessKey(id: string): Promise<AccessKey | undefined> {
    return copyOf(this.#tables.accessKeys.get(id));
  }

  async listAccounts(limit: number): Promise<readonly Account[]> {
    return [...this.#tables.accounts.values()]
      .sort((left, right) => left.createdAt - right.createdAt || compareText(left.id, right.id))
      .slice(0, limit)
      .map(copyOf);
  }

  async createFirstAccount(account: Account, accessKey: AccessKey): Promise<boolean> {
    if (this.#tables.accounts.size > 0) return false;
    this.#tables.accounts.set(account.id, copyOf(account));
    this.#tables.accessKeys.set(accessKey.id, copyOf(accessKey));
    this.#feed.announce([{ kind: 'accessKey', accessKeyId: accessKey.id }]);
    return true;
  }
}
