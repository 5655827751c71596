import type { Binaries } from './binaries';
import { systemCode } from './errors';
import { runProgram } from './run-program';

/** SIGINT is Postgres's fast shutdown (sessions end, data is flushed), SIGQUIT the immediate one (recovery follows). */
export type ShutdownSignal = 'SIGINT' | 'SIGQUIT';

/** Sends a shutdown signal; a process that is gone already is no error. */
export async function signalPostmaster(binaries: Binaries, pid: number, signal: ShutdownSignal): Promise<void> {
  if (process.platform === 'win32') {
    await runProgram({ kind: 'direct' }, binaries.pgCtl, ['kill', signal.slice(3), String(pid)], { timeoutMs: 5000 });
    return;
  }
  try {
    process.kill(pid, signal);
  } catch (thrown) {
    if (systemCode(thrown) !== 'ESRCH') throw thrown;
  }
}
