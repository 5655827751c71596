/** Too much slow work is waiting, or a piece of it took too long. Callers may try again later. */
export class CryptoBusyError extends Error {
  override readonly name = 'CryptoBusyError';
}

export interface LaneBounds {
  /** How many tasks run at once. */
  readonly concurrency: number;
  /** How many more may wait. */
  readonly maxQueued: number;
  /** How long one may wait for its turn. */
  readonly maxWaitMs: number;
}

/** A lane at one moment, and what it has turned away so far. */
export interface LaneState {
  readonly running: number;
  readonly waiting: number;
  readonly refused: number;
}

interface Waiting {
  readonly begin: () => void;
  readonly timer: NodeJS.Timeout;
}

/** Lets a bounded number of slow tasks run and a bounded number wait, first come, first served. */
export class BoundedLane {
  readonly #bounds: LaneBounds;
  readonly #waiting: Waiting[] = [];
  #running = 0;
  #refused = 0;

  constructor(bounds: LaneBounds) {
    this.#bounds = bounds;
  }

  get state(): LaneState {
    return { running: this.#running, waiting: this.#waiting.length, refused: this.#refused };
  }

  /** @throws CryptoBusyError when there is no room, or no turn in time */
  async run<T>(task: () => Promise<T>): Promise<T> {
    await this.#turn();
    try {
      return await task();
    } finally {
      this.#next();
    }
  }

  #turn(): Promise<void> {
    const { concurrency, maxQueued, maxWaitMs } = this.#bounds;
    if (this.#running < concurrency) {
      this.#running += 1;
      return Promise.resolve();
    }
    if (this.#waiting.length >= maxQueued) {
      this.#refused += 1;
      return Promise.reject(new CryptoBusyError(`${maxQueued} cryptographic operations are waiting already`));
    }
    return new Promise((begin, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        this.#refused += 1;
        reject(new CryptoBusyError(`a cryptographic operation waited longer than ${maxWaitMs} ms`));
      }, maxWaitMs);
      const waiting = { begin, timer };
      this.#waiting.push(waiting);
    });
  }

  /** INVARIANT: a task that ends hands its place to the one that waited longest, or gives it up. */
  #next(): void {
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#running -= 1;
      return;
    }
    clearTimeout(next.timer);
    next.begin();
  }
}
