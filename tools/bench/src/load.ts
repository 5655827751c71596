import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

export interface LoadOrder {
  readonly port: number;
  /** One whole HTTP request per connection, Latin-1, sent again as soon as its answer is there. */
  readonly requests: readonly string[];
  readonly warmMs: number;
  readonly measureMs: number;
  /** At least so long between two requests of a connection; absent: as fast as answers come. */
  readonly everyMs?: number;
}

export interface LoadReport {
  /** Answers with status 200. */
  readonly answers: number;
  readonly seconds: number;
  /** What else was answered or went wrong, and how often. */
  readonly refused: readonly (readonly [what: string, times: number])[];
  /** Milliseconds from when a request was due to the end of its answer. */
  readonly latencies: readonly number[];
}

/** A load generator in a process of its own. */
export class Load {
  readonly #child: ChildProcess = fork(join(__dirname, 'load-client.js'), { serialization: 'advanced' });

  /**
   * Runs one measurement.
   *
   * @param onBegin called when the warm-up is over and counting starts
   */
  run(order: LoadOrder, onBegin: () => void = () => undefined): Promise<LoadReport> {
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(
        () => settle(() => reject(new Error('the load generator hangs'))),
        order.warmMs + order.measureMs + 20_000,
      );
      const settle = (outcome: () => void): void => {
        clearTimeout(deadline);
        this.#child.removeAllListeners('message').removeAllListeners('exit');
        outcome();
      };
      this.#child.on('message', (message: 'begun' | LoadReport) => {
        if (message === 'begun') onBegin();
        else settle(() => resolve(message));
      });
      this.#child.once('exit', () => settle(() => reject(new Error('the load generator ended'))));
      this.#child.send(order);
    });
  }

  close(): void {
    this.#child.kill();
  }
}
