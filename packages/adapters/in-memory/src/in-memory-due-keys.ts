import { warningOfKey } from '@keywarden/events';
import { type Clock, type Instant, type Tenancy, instant, plusMilliseconds } from '@keywarden/kernel';
import { type KeyName, type KmsKey, deadlinesOf, nextDue } from '@keywarden/keys';
import {
  type ClaimedKey,
  type DueBacklog,
  type DueKeys,
  type KeyDeadline,
  type KeyDeadlines,
  assertClaim,
} from '@keywarden/maintenance';
import type { InMemoryEventLog } from './in-memory-event-log';
import type { InMemoryWarnings } from './in-memory-warnings';
import { type Tables, keyRow } from './tables';

/** Claims over the Map of keys. */
export class InMemoryDueKeys implements DueKeys, KeyDeadlines {
  readonly #tables: Tables;
  readonly #clock: Clock;
  readonly #events: InMemoryEventLog;
  readonly #warnings: InMemoryWarnings;

  constructor(tables: Tables, clock: Clock, events: InMemoryEventLog, warnings: InMemoryWarnings) {
    this.#tables = tables;
    this.#clock = clock;
    this.#events = events;
    this.#warnings = warnings;
  }

  async claim(now: Instant, leaseMs: number, limit: number): Promise<readonly ClaimedKey[]> {
    assertClaim(leaseMs, limit);
    const claimed = this.#available(now)
      .slice(0, limit)
      .map(({ key }) => this.#claimed(key));
    for (const name of claimed) this.#leave(name, plusMilliseconds(now, leaseMs), 0);
    return claimed;
  }

  async backOff(name: KeyName, until: Instant): Promise<void> {
    if (this.#tables.keys.has(keyRow(name))) this.#leave(name, until, 1);
  }

  async settle(name: Tenancy & KeyName, now: Instant): Promise<number> {
    const key = this.#tables.keys.get(keyRow(name));
    if (key?.account !== name.account) return 0;
    const given = this.#warnings.take(key, now);
    this.#events.happened(...given.map((warning) => warningOfKey(key, warning)));
    // What is due all the same could not be done now: it stays claimed, so that nobody tries in a tight loop.
    if (this.#dueAt(key) > now) this.#tables.claims.delete(keyRow(key));
    return given.length;
  }

  async backlog(now: Instant): Promise<DueBacklog> {
    const failed = [...this.#tables.keys.values()].filter((key) => this.#claimed(key).failures > 0);
    const due = this.#available(now);
    const all = [...failed, ...due.map(({ key }) => key)];
    const oldest = all.reduce((least, key) => Math.min(least, this.#dueAt(key)), Infinity);
    return { due: due.length, failing: failed.length, ...(oldest < Infinity && { oldestDueAt: instant(oldest) }) };
  }

  async soonest(limit: number): Promise<readonly KeyDeadline[]> {
    const all = [...this.#tables.keys.values()]
      .flatMap((key) => deadlinesOf(key).map((deadline): KeyDeadline => ({ ...deadline, key: nameOf(key) })))
      .sort((left, right) => left.at - right.at);
    const ofKind = (kind: KeyDeadline['kind']) => all.filter((deadline) => deadline.kind === kind).slice(0, limit);
    return [...ofKind('Deletion'), ...ofKind('Expiration')];
  }

  async clockDifference(now: Instant): Promise<number> {
    return this.#clock.now() - now;
  }

  /** Longest overdue first. */
  #available(now: Instant): readonly { readonly key: KmsKey; readonly at: number }[] {
    return [...this.#tables.keys.values()]
      .map((key) => ({ key, at: Math.max(this.#dueAt(key), this.#tables.claims.get(keyRow(key))?.until ?? -Infinity) }))
      .filter(({ at }) => at <= now)
      .sort((left, right) => left.at - right.at);
  }

  #dueAt(key: KmsKey): number {
    return Math.min(nextDue(key) ?? Infinity, this.#warnings.nextFor(key) ?? Infinity);
  }

  #claimed(key: KmsKey): ClaimedKey {
    return { ...nameOf(key), failures: this.#tables.claims.get(keyRow(key))?.attempts ?? 0 };
  }

  #leave(name: KeyName, until: Instant, failures: number): void {
    const attempts = (this.#tables.claims.get(keyRow(name))?.attempts ?? 0) + failures;
    this.#tables.claims.set(keyRow(name), { until, attempts });
  }
}

function nameOf({ account, region, id }: KmsKey): Tenancy & KeyName {
  return { account, region, id };
}
