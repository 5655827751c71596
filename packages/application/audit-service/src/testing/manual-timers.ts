import type { SettableClock } from '@keywarden/kernel/testing';
import type { Timers } from '../ports';

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** Time that passes when the test says so, and with it the clock. */
export class ManualTimers implements Timers {
  readonly #timers = new Set<Timer>();

  constructor(private readonly clock: SettableClock) {}

  get pending(): number {
    return this.#timers.size;
  }

  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.clock.now() + milliseconds, run };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Runs what is due on the way, in order, and lets promises settle after each. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.clock.now() + milliseconds;
    await settled();
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((left, right) => left.at - right.at);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.clock.advance(Math.max(0, next.at - this.clock.now()));
      next.run();
      await settled();
    }
    this.clock.advance(end - this.clock.now());
  }
}

/** All promises that can settle have settled. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}
