import { startupLine } from './startup-error';

/** Something that was started and can be stopped; `ended` is fulfilled when it ended by itself and cannot go on. */
export interface Running {
  close(): Promise<void>;
  readonly ended?: Promise<string>;
}

const closeTimeoutMs = 60_000;

/**
 * Runs an app as a process: one clear line and exit code 1 when it cannot start, a clean stop on SIGINT and SIGTERM, and
 * an end by force when the stop itself hangs. A second signal ends the process at once.
 */
export async function runProcess(start: (stop: AbortSignal) => Promise<Running>): Promise<void> {
  const stop = new AbortController();
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (stop.signal.aborted) process.exit(130);
        stop.abort();
        resolve();
      });
    }
  });
  let running: Running;
  try {
    running = await start(stop.signal);
  } catch (error) {
    process.stderr.write(`${startupLine(error)}\n`);
    process.exit(stop.signal.aborted ? 0 : 1);
  }
  const reason = await Promise.race([stopped, running.ended ?? new Promise<never>(() => undefined)]);
  if (typeof reason === 'string') process.stderr.write(`keywarden: ${reason}\n`);
  setTimeout(() => {
    process.stderr.write('keywarden: the stop took too long; ending now\n');
    process.exit(1);
  }, closeTimeoutMs).unref();
  try {
    await running.close();
  } catch (error) {
    process.stderr.write(`${startupLine(error)}\n`);
    process.exit(1);
  }
  process.exit(typeof reason === 'string' ? 1 : 0);
}
