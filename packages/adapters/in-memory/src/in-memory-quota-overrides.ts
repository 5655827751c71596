import type { Tenancy } from '@keywarden/kernel';
import { type QuotaName, type QuotaOverride, type QuotaOverrides, quotaKey } from '@keywarden/quotas';
import type { InMemoryChangeFeed } from './in-memory-change-feed';
import { compareText } from './tables';

/** What operators set, in a Map. */
export class InMemoryQuotaOverrides implements QuotaOverrides {
  readonly #set = new Map<string, QuotaOverride>();

  constructor(private readonly feed: InMemoryChangeFeed) {}

  async list(): Promise<readonly QuotaOverride[]> {
    return [...this.#set].sort(([one], [other]) => compareText(one, other)).map(([, override]) => override);
  }

  async set(override: QuotaOverride): Promise<void> {
    this.#set.set(quotaKey(override, override.quota), override);
    this.feed.announce([{ kind: 'quotas' }]);
  }

  async reset(tenancy: Tenancy, quota: QuotaName): Promise<boolean> {
    const removed = this.#set.delete(quotaKey(tenancy, quota));
    if (removed) this.feed.announce([{ kind: 'quotas' }]);
    return removed;
  }
}
