import { availableParallelism } from 'node:os';
import { BoundedLane, type LaneBounds } from './bounded-lane';
import { WorkerPool, type WorkerPoolOptions } from './worker-pool';

export interface SlowWorkOptions {
  /**
   * Work on the thread pool of the runtime (RSA, ML-DSA, key generation). By default as many at once as there are
   * processors, at most 3 so that one of its four threads is left for files and names; 256 waiting; 5 seconds.
   */
  readonly threadPool?: Partial<LaneBounds>;
  readonly workers?: WorkerPoolOptions;
}

/** Where slow cryptography runs, bounded and off the event loop; one for all ports of a process. */
export class SlowWork {
  readonly threadPool: BoundedLane;
  readonly workers: WorkerPool;

  constructor(options: SlowWorkOptions = {}) {
    const concurrency = Math.min(3, availableParallelism());
    this.threadPool = new BoundedLane({ concurrency, maxQueued: 256, maxWaitMs: 5_000, ...options.threadPool });
    this.workers = new WorkerPool(options.workers);
  }

  close(): Promise<void> {
    return this.workers.close();
  }
}
