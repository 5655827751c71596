import type { Clock, Instant } from '@keywarden/kernel';
import { type DeadlineWarning, type KeyName, type KmsKey, dueWarnings, nextWarning } from '@keywarden/keys';
import { type Tables, keyRow } from './tables';

/** When each key is to be warned of next: the second instant, beside `nextDue`, at which it is due. */
export class InMemoryWarnings {
  readonly #tables: Tables;
  readonly #clock: Clock;
  readonly #warningDays: readonly number[];

  constructor(tables: Tables, clock: Clock, warningDays: readonly number[]) {
    this.#tables = tables;
    this.#clock = clock;
    this.#warningDays = warningDays;
  }

  nextFor(name: KeyName): Instant | undefined {
    return this.#tables.warnings.get(keyRow(name));
  }

  /** A warning that is overdue stays so, whatever else changes. */
  keyStored(key: KmsKey): void {
    const now = this.#clock.now();
    const owed = this.nextFor(key);
    if (owed === undefined || owed > now) this.#plan(key, now);
  }

  keyRemoved(name: KeyName): void {
    this.#tables.warnings.delete(keyRow(name));
  }

  /** @returns the warnings that were owed at `now`; they are not any more */
  take(key: KmsKey, now: Instant): readonly DeadlineWarning[] {
    const due = dueWarnings(key, this.nextFor(key), now, this.#warningDays);
    this.#plan(key, now);
    return due;
  }

  #plan(key: KmsKey, now: Instant): void {
    const next = nextWarning(key, now, this.#warningDays);
    if (next === undefined) this.keyRemoved(key);
    else this.#tables.warnings.set(keyRow(key), next);
  }
}
