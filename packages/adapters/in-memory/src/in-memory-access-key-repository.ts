import type {
  AccessKey,
  AccessKeyOwner,
  AccessKeyRepository,
  Account,
  LinkTargetMissing,
  NameTaken,
  QuotaReached,
} from '@keywarden/identity';
import { type Result, accept, refuse } from '@keywarden/kernel';
import type { IdentityTables } from './identity-tables';
import type { InMemoryChangeFeed } from './in-memory-change-feed';
import { compareText, copyOf } from './tables';

/** Access keys in a Map. */
export class InMemoryAccessKeyRepository implements AccessKeyRepository {
  readonly #tables: IdentityTables;
  readonly #feed: InMemoryChangeFeed;

  constructor(tables: IdentityTables, feed: InMemoryChangeFeed) {
    this.#tables = tables;
    this.#feed = feed;
  }

  async list(owner: AccessKeyOwner): Promise<readonly AccessKey[]> {
    return this.#of(owner).map(copyOf);
  }

  async insert(
    accessKey: AccessKey,
    limit: number,
  ): Promise<Result<void, QuotaReached | LinkTargetMissing | NameTaken>> {
    if (!this.#ownerExists(accessKey)) return refuse({ code: 'LinkTargetMissing' });
    if (this.#of(accessKey).length >= limit) return refuse({ code: 'QuotaReached' });
    if (this.#tables.accessKeys.has(accessKey.id)) return refuse({ code: 'NameTaken' });
    this.#put(accessKey);
    return accept(undefined);
  }

  async setStatus(owner: AccessKeyOwner, id: string, status: AccessKey['status']): Promise<boolean> {
    const accessKey = this.#of(owner).find((one) => one.id === id);
    if (accessKey !== undefined && accessKey.status !== status) this.#put({ ...accessKey, status });
    return accessKey !== undefined;
  }

  async remove(owner: AccessKeyOwner, id: string): Promise<boolean> {
    if (!this.#of(owner).some((one) => one.id === id)) return false;
    this.#tables.accessKeys.delete(id);
    this.#announce(id);
    return true;
  }

  async insertAccount(account: Account, accessKey: AccessKey): Promise<boolean> {
    if (this.#tables.accounts.has(account.id) || this.#tables.accessKeys.has(accessKey.id)) return false;
    this.#tables.accounts.set(account.id, copyOf(account));
    this.#put(accessKey);
    return true;
  }

  #ownerExists({ account, userId }: AccessKeyOwner): boolean {
    if (userId === undefined) return this.#tables.accounts.has(account);
    const user = this.#tables.principals.get(userId);
    return user?.kind === 'user' && user.account === account;
  }

  #of({ account, userId }: AccessKeyOwner): AccessKey[] {
    return [...this.#tables.accessKeys.values()]
      .filter((accessKey) => accessKey.account === account && accessKey.userId === userId)
      .sort((left, right) => left.createdAt - right.createdAt || compareText(left.id, right.id));
  }

  #put(accessKey: AccessKey): void {
    this.#tables.accessKeys.set(accessKey.id, copyOf(accessKey));
    this.#announce(accessKey.id);
  }

  #announce(accessKeyId: string): void {
    this.#feed.announce([{ kind: 'accessKey', accessKeyId }]);
  }
}
