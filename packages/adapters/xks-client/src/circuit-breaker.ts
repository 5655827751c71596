const failuresToOpen = 10;
const openMs = 1_000;

/**
 * Spares a proxy that is down, and its callers the wait: after ten failures in a row nothing is sent for a second, then
 * one call tries.
 */
export class CircuitBreaker {
  #failures = 0;
  #openUntil = 0;

  constructor(private readonly monotonicNow: () => number = () => performance.now()) {}

  /** May a call be made? While the circuit is half open one caller at a time may. */
  get closed(): boolean {
    if (this.#failures < failuresToOpen) return true;
    const now = this.monotonicNow();
    if (now < this.#openUntil) return false;
    this.#openUntil = now + openMs;
    return true;
  }

  note(succeeded: boolean): void {
    this.#failures = succeeded ? 0 : this.#failures + 1;
    if (this.#failures >= failuresToOpen) this.#openUntil = this.monotonicNow() + openMs;
  }
}
