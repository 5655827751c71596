import { type Clock, type Days, type Instant, instant, plusDays, plusMilliseconds } from '../instant';

/** A clock that stands still until a test moves it. Starts at 2026-01-01T00:00:00Z. */
export class SettableClock implements Clock {
  #now: Instant = instant(Date.UTC(2026, 0, 1));

  now(): Instant {
    return this.#now;
  }

  set(now: Instant): void {
    this.#now = now;
  }

  advanceDays(count: Days): void {
    this.#now = plusDays(this.#now, count);
  }

  advance(milliseconds: number): void {
    this.#now = plusMilliseconds(this.#now, milliseconds);
  }
}
