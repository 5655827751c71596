import type { OrphanedKey, OrphanedKeys } from '@keywarden/custom-key-stores';
import type { Instant } from '@keywarden/kernel';
import { type Tables, keyRow } from './tables';

/** Keys left behind in tokens, in a Map. */
export class InMemoryOrphanedKeys implements OrphanedKeys {
  readonly #tables: Tables;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  async due(now: Instant, limit: number): Promise<readonly OrphanedKey[]> {
    return [...this.#tables.orphans.values()]
      .filter(({ retryAt }) => retryAt <= now)
      .sort((left, right) => left.retryAt - right.retryAt)
      .slice(0, limit)
      .map(({ retryAt: _, ...orphan }) => orphan);
  }

  async forget({ region, keyId }: Pick<OrphanedKey, 'region' | 'keyId'>): Promise<void> {
    this.#tables.orphans.delete(keyRow({ region, id: keyId }));
  }

  async postpone({ region, keyId }: Pick<OrphanedKey, 'region' | 'keyId'>, until: Instant): Promise<void> {
    const row = keyRow({ region, id: keyId });
    const orphan = this.#tables.orphans.get(row);
    if (orphan !== undefined) {
      this.#tables.orphans.set(row, { ...orphan, attempts: orphan.attempts + 1, retryAt: until });
    }
  }
}
