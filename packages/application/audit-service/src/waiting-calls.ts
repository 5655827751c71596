import { AuditUnavailable } from '@keywarden/audit';
import type { Clock, Instant } from '@keywarden/kernel';
import type { Timers } from './ports';

interface Waiting {
  readonly upTo: number;
  readonly since: Instant;
  readonly resolve: () => void;
  readonly reject: (reason: AuditUnavailable) => void;
}

/** Calls that wait for their records to be durable, in order; each for a bounded time. */
export class WaitingCalls {
  #waiting: Waiting[] = [];
  #cancelTimer: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly timers: Timers,
    private readonly deadlineMs: number,
  ) {}

  /** @param upTo the position of the last record the call waits for; never less than that of the call before */
  wait(upTo: number): Promise<void> {
    const promise = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ upTo, since: this.clock.now(), resolve, reject });
    });
    this.#arm();
    return promise;
  }

  /** All records up to this position are durable. */
  settle(upTo: number): void {
    let count = 0;
    for (const { upTo: needed, resolve } of this.#waiting) {
      if (needed > upTo) break;
      resolve();
      count += 1;
    }
    this.#waiting.splice(0, count);
    if (this.#waiting.length === 0) this.#disarm();
  }

  rejectAll(reason: string): void {
    for (const { reject } of this.#waiting.splice(0)) reject(new AuditUnavailable(reason));
    this.#disarm();
  }

  /** The first one has waited for its whole time, or nearly. */
  #expire(): void {
    this.#cancelTimer = undefined;
    const now = this.clock.now();
    let count = 0;
    for (const { since, reject } of this.#waiting) {
      if (now - since < this.deadlineMs) break;
      reject(new AuditUnavailable('the audit store is too slow'));
      count += 1;
    }
    this.#waiting.splice(0, count);
    this.#arm();
  }

  #arm(): void {
    const [first] = this.#waiting;
    if (first === undefined || this.#cancelTimer !== undefined) return;
    // A clock that was set back must not make anybody wait longer.
    const left = Math.min(this.deadlineMs, first.since + this.deadlineMs - this.clock.now());
    this.#cancelTimer = this.timers.after(Math.max(1, left), () => this.#expire());
  }

  #disarm(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }
}
