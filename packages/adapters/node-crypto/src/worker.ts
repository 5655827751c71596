import { parentPort } from 'node:worker_threads';
import { type WorkerAnswer, type WorkerRequest, workerTasks } from './worker-tasks';

/** The entry of a worker: one request at a time, one answer each; nothing of a request outlives its answer. */
parentPort?.on('message', ({ name, input }: WorkerRequest) => {
  parentPort?.postMessage(answer(name, input));
  if (input !== null && typeof input === 'object') {
    for (const value of Object.values(input)) if (value instanceof Uint8Array) value.fill(0);
  }
});

function answer(name: WorkerRequest['name'], input: unknown): WorkerAnswer {
  try {
    const task = workerTasks[name] as (given: unknown) => unknown;
    return { ok: true, output: task(input) };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : 'unknown error' };
  }
}
