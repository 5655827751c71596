import { type Instant, type Tenancy, instant, plusMilliseconds } from '@keywarden/kernel';
import { type KeyName, type KmsKey, nextDue } from '@keywarden/keys';
import type { DueKeys } from '@keywarden/maintenance';
import { type Tables, keyRow } from './tables';

/** Claims over the Map of keys. */
export class InMemoryDueKeys implements DueKeys {
  readonly #tables: Tables;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  async claim(now: Instant, leaseMs: number, limit: number): Promise<readonly (Tenancy & KeyName)[]> {
    assertWhole('leaseMs', leaseMs, 1_000, 600_000);
    assertWhole('limit', limit, 1, 1_000);
    const claimed = [...this.#tables.keys.values()]
      .map((key) => ({ key, at: this.#availableAt(key) }))
      .filter(({ at }) => at <= now)
      .sort((left, right) => left.at - right.at)
      .slice(0, limit)
      .map(({ key: { account, region, id } }) => ({ account, region, id }));
    for (const name of claimed) this.#leave(name, plusMilliseconds(now, leaseMs), 0);
    return claimed;
  }

  async backOff(name: KeyName, until: Instant): Promise<void> {
    if (this.#tables.keys.has(keyRow(name))) this.#leave(name, until, 1);
  }

  async dueSince(now: Instant): Promise<Instant | undefined> {
    const instants = [...this.#tables.keys.values()].map((key) => this.#availableAt(key));
    const longest = Math.min(...instants.filter((at) => at <= now));
    return Number.isFinite(longest) ? instant(longest) : undefined;
  }

  async clockDifference(now: Instant): Promise<number> {
    return Date.now() - now;
  }

  #availableAt(key: KmsKey): number {
    const due = nextDue(key);
    return due === undefined ? Infinity : Math.max(due, this.#tables.claims.get(keyRow(key))?.until ?? due);
  }

  #leave(name: KeyName, until: Instant, failures: number): void {
    const attempts = (this.#tables.claims.get(keyRow(name))?.attempts ?? 0) + failures;
    this.#tables.claims.set(keyRow(name), { until, attempts });
  }
}

function assertWhole(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${name} must be a whole number from ${least} to ${most}, not ${value}`);
  }
}
