import type { KeyName } from '@keywarden/keys';
import { BoundedCache } from './bounded-cache';
import type { KeyUsageRecords, KeyUse, NotedUse } from './key-usage';

const rowOf = ({ region, id }: KeyName): string => `${region}/${id}`;

/** Last uses that are gone with the process: for tests, and where no store keeps them yet. */
export class InMemoryKeyUsage implements KeyUsageRecords {
  readonly #uses: BoundedCache<KeyUse>;

  /** @param capacity keys remembered at most; those whose use was recorded longest ago are forgotten */
  constructor(capacity: number) {
    this.#uses = new BoundedCache(capacity);
  }

  async lastUse(key: KeyName): Promise<KeyUse | undefined> {
    return this.#uses.get(rowOf(key));
  }

  async record(uses: readonly NotedUse[]): Promise<void> {
    for (const { key, ...use } of uses) {
      const known = this.#uses.get(rowOf(key));
      if (known === undefined || known.at <= use.at) this.#uses.set(rowOf(key), use);
    }
  }
}
