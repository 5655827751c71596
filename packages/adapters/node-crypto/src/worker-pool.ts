import { availableParallelism } from 'node:os';
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { BoundedLane, CryptoBusyError, type LaneState } from './bounded-lane';
import type { WorkerAnswer, WorkerRequest, WorkerTaskInput, WorkerTaskName, WorkerTaskOutput } from './worker-tasks';

export interface WorkerPoolOptions {
  /** Threads, started when first needed; by default one less than the processors, 1 to 4. */
  readonly size?: number;
  /** Requests that may wait; 256 by default. */
  readonly maxQueued?: number;
  /** Longest wait for a thread, and longest run of one request; 5 seconds each by default. */
  readonly deadlineMs?: number;
}

/** Sources run through ts-node, built code as it is. */
const extension = extname(__filename);
const sourceArguments = ['-C', '@keywarden/source', '-r', 'ts-node/register/transpile-only'];

/** A few threads for slow synchronous cryptography. Keys go there as KeyObjects, so their bytes are not copied. */
export class WorkerPool {
  readonly #lane: BoundedLane;
  readonly #deadlineMs: number;
  readonly #idle: Worker[] = [];
  readonly #all = new Set<Worker>();
  #closed = false;

  constructor(options: WorkerPoolOptions = {}) {
    const concurrency = options.size ?? Math.min(4, Math.max(1, availableParallelism() - 1));
    this.#deadlineMs = options.deadlineMs ?? 5_000;
    this.#lane = new BoundedLane({
      concurrency,
      maxQueued: options.maxQueued ?? 256,
      maxWaitMs: this.#deadlineMs,
    });
  }

  get state(): LaneState {
    return this.#lane.state;
  }

  /** @throws CryptoBusyError when there is no room, or no answer in time */
  run<N extends WorkerTaskName>(name: N, input: WorkerTaskInput<N>): Promise<WorkerTaskOutput<N>> {
    return this.#lane.run(async () => {
      if (this.#closed) throw new Error('the worker pool is closed');
      const worker = this.#idle.pop() ?? this.#start();
      const answer = await this.#ask(worker, { name, input });
      this.#idle.push(worker);
      if (!answer.ok) throw new Error(`${name} failed: ${answer.message}`);
      return answer.output as WorkerTaskOutput<N>;
    });
  }

  /** Ends all threads; what they were doing is refused. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#all].map((worker) => worker.terminate()));
  }

  #start(): Worker {
    const execArgv = extension === '.ts' ? sourceArguments : [];
    const worker = new Worker(join(__dirname, `worker${extension}`), { execArgv, name: 'keywarden-crypto' });
    this.#all.add(worker);
    worker.once('exit', () => {
      this.#all.delete(worker);
      const index = this.#idle.indexOf(worker);
      if (index >= 0) this.#idle.splice(index, 1);
    });
    // An idle thread that fails also exits, and is replaced when the next request comes.
    worker.on('error', () => undefined);
    return worker;
  }

  /** INVARIANT: a worker that failed or ran out of time is ended, never used again. */
  #ask(worker: Worker, request: WorkerRequest): Promise<WorkerAnswer> {
    return new Promise((resolve, reject) => {
      const settle = (outcome: () => void): void => {
        clearTimeout(timer);
        worker.off('message', onMessage).off('error', onError).off('exit', onExit);
        worker.unref();
        outcome();
      };
      const onMessage = (answer: WorkerAnswer): void => settle(() => resolve(answer));
      const onError = (cause: unknown): void =>
        settle(() => reject(new Error(`the thread of ${request.name} failed`, { cause })));
      const onExit = (): void => settle(() => reject(new Error(`the thread of ${request.name} ended`)));
      const timer = setTimeout(() => {
        settle(() => reject(new CryptoBusyError(`${request.name} took longer than ${this.#deadlineMs} ms`)));
        void worker.terminate();
      }, this.#deadlineMs);
      worker.ref();
      worker.on('message', onMessage).once('error', onError).once('exit', onExit);
      try {
        worker.postMessage(request);
      } catch (cause) {
        settle(() => reject(new Error(`${request.name} cannot be sent to a thread`, { cause })));
        void worker.terminate();
      }
    });
  }
}
