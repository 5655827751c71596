/** Virtual time and chance: the same seed gives the same course of events. */
export class Schedule {
  readonly #events: { readonly atMs: number; readonly order: number; readonly happen: () => void }[] = [];
  #order = 0;
  #state: number;
  nowMs = 0;

  constructor(seed: number) {
    this.#state = (seed * 2_654_435_761 + 1) >>> 0;
  }

  /** Something happens later; what is due at one moment happens in the order it was planned. */
  in(delayMs: number, happen: () => void): void {
    const event = { atMs: this.nowMs + Math.max(0, delayMs), order: (this.#order += 1), happen };
    let place = this.#events.length;
    while (place > 0 && this.#isBefore(event, place - 1)) place -= 1;
    this.#events.splice(place, 0, event);
  }

  run(untilMs: number, stop: () => boolean): void {
    while (!stop()) {
      const event = this.#events.pop();
      if (event === undefined || event.atMs > untilMs) return;
      this.nowMs = event.atMs;
      event.happen();
    }
  }

  /** @returns 0 or more, less than 1 */
  chance(): number {
    // mulberry32
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  between(leastMs: number, mostMs: number): number {
    return leastMs + this.chance() * (mostMs - leastMs);
  }

  /** How long a message takes: nearly always little, now and then longer than a lease. */
  delayMs(): number {
    const kind = this.chance();
    if (kind < 0.75) return this.between(0.1, 3);
    if (kind < 0.92) return this.between(3, 60);
    return kind < 0.98 ? this.between(60, 500) : this.between(500, 2_500);
  }

  /** The last element comes first. */
  #isBefore(event: { readonly atMs: number }, place: number): boolean {
    const other = this.#events[place];
    return other !== undefined && event.atMs >= other.atMs;
  }
}
