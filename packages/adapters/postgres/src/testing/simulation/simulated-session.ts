import type { Schedule } from './schedule';
import type { Listener, SimulatedPostgres } from './simulated-postgres';

/** The process at the near end. */
export interface NearEnd {
  /** Runs something in the process: later when it stands still, never when it is dead. */
  run(work: () => void): void;
  /** Is the network between the process and the database cut? */
  readonly cut: boolean;
  readonly serverDown: () => boolean;
}

/** One connection: messages arrive in order in each direction, or not at all any more. */
export class SimulatedSession {
  #upFreeAtMs = 0;
  #downFreeAtMs = 0;
  #gone = false;
  #silent = false;
  readonly #listener: Listener;

  constructor(
    private readonly schedule: Schedule,
    private readonly postgres: SimulatedPostgres,
    private readonly near: NearEnd,
    private readonly events: {
      readonly woken?: () => void;
      readonly acknowledged?: Listener['acknowledged'];
      readonly lost: () => void;
    },
    private readonly timeoutMs: number,
  ) {
    const { woken, acknowledged } = events;
    this.#listener = {
      ...(woken !== undefined && { woken: () => this.#down(woken) }),
      ...(acknowledged !== undefined && { acknowledged: (one) => this.#down(() => acknowledged(one)) }),
      lost: () => this.#down(() => this.lose()),
    };
  }

  open(opened: () => void): void {
    const arrived = this.#expect();
    this.#up(() => {
      if (this.near.serverDown()) return this.#down(() => this.lose());
      this.postgres.listen(this.#listener);
      this.#down(() => {
        arrived();
        opened();
      });
    });
  }

  send<T>(work: (postgres: SimulatedPostgres) => T, answered: (answer: T) => void): void {
    const arrived = this.#expect();
    this.#up(() => {
      if (!this.postgres.listeners.includes(this.#listener)) return;
      const answer = work(this.postgres);
      this.#down(() => {
        arrived();
        answered(answer);
      });
    });
  }

  /** From now on nothing goes through, and neither end is told. */
  fallSilent(): void {
    this.#silent = true;
  }

  lose(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.postgres.hangUp(this.#listener);
    this.events.lost();
  }

  /** Gives the session up when no answer comes in time. */
  #expect(): () => void {
    let waiting = true;
    this.schedule.in(this.timeoutMs, () =>
      this.near.run(() => {
        if (waiting) this.lose();
      }),
    );
    return () => {
      waiting = false;
    };
  }

  #up(arrive: () => void): void {
    if (this.#silent || this.near.cut) return;
    this.#upFreeAtMs = Math.max(this.#upFreeAtMs, this.schedule.nowMs + this.schedule.delayMs());
    this.schedule.in(this.#upFreeAtMs - this.schedule.nowMs, () => {
      // What was sent arrives, also when the sender is gone meanwhile.
      if (!this.#silent) arrive();
    });
  }

  #down(arrive: () => void): void {
    if (this.#silent || this.near.cut) return;
    this.#downFreeAtMs = Math.max(this.#downFreeAtMs, this.schedule.nowMs + this.schedule.delayMs());
    this.schedule.in(this.#downFreeAtMs - this.schedule.nowMs, () => {
      if (this.#silent) return;
      this.near.run(() => {
        if (!this.#gone) arrive();
      });
    });
  }
}
