import type { KeyName } from '@keywarden/keys';
import type { KeyUsageRecords, KeyUse, NotedUse } from './key-usage';

const rowOf = ({ region, id }: KeyName): string => `${region}/${id}`;

const later = <T extends KeyUse>(left: T | undefined, right: T): T =>
  left !== undefined && left.at > right.at ? left : right;

/**
 * Notes the uses of keys in memory, the last one of each key, and hands them to the store in batches: a cryptographic
 * operation never waits for it. What was not flushed when a node dies is lost, as it is when more keys than `capacity`
 * are used between two flushes: then those used longest ago are forgotten.
 */
export class KeyUsageRecorder {
  #noted = new Map<string, NotedUse>();

  /** @param capacity keys noted between two flushes, 1 to 10,000 */
  constructor(
    private readonly records: KeyUsageRecords,
    private readonly capacity: number,
  ) {}

  note(use: NotedUse): void {
    const row = rowOf(use.key);
    const latest = later(this.#noted.get(row), use);
    this.#noted.delete(row);
    this.#noted.set(row, latest);
    if (this.#noted.size <= this.capacity) return;
    const oldest = this.#noted.keys().next().value;
    if (oldest !== undefined) this.#noted.delete(oldest);
  }

  /** Called every few seconds and before a node stops. What could not be stored is kept for the next time. */
  async flush(): Promise<void> {
    if (this.#noted.size === 0) return;
    const batch = [...this.#noted.values()];
    this.#noted = new Map();
    try {
      await this.records.record(batch);
    } catch (fault) {
      const since = [...this.#noted.values()];
      this.#noted = new Map();
      for (const use of [...batch, ...since]) this.note(use);
      throw fault;
    }
  }

  /** The last use that this node or the store knows of. */
  async lastUse(key: KeyName): Promise<KeyUse | undefined> {
    const stored = await this.records.lastUse(key);
    const noted = this.#noted.get(rowOf(key));
    return noted === undefined ? stored : later<KeyUse>(stored, noted);
  }
}
