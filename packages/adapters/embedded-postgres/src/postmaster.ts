import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Binaries } from './binaries';
import { type Deadline, deadlineIn, poll } from './deadline';
import { EmbeddedPostgresError } from './errors';
import { freePort } from './free-port';
import { readPostmasterPid } from './postmaster-pid';
import { cannotRun } from './run-program';
import { signalPostmaster } from './signal-postmaster';
import { type Runner, spawnAs } from './unprivileged';

export interface PostmasterOptions {
  readonly cluster: string;
  readonly binaries: Binaries;
  readonly runner: Runner;
  readonly settings: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
  readonly deadline: Deadline;
}

/** A Postgres server that is our child. */
export interface Postmaster {
  readonly port: number;
  /** Fulfilled with a sentence when the server has ended, asked to or not. */
  readonly exited: Promise<string>;
  /** Fast shutdown, immediate shutdown after `fastMs`. */
  stop(fastMs: number): Promise<void>;
}

/** Answers that pass by themselves: a port lost to another program, backends of a killed server still on their way out. */
const passing =
  /could not bind|could not create any TCP\/IP sockets|lock file .* already exists|pre-existing shared memory/;

/** Starts a server and waits until it accepts connections, crash recovery included. */
export async function startPostmaster(options: PostmasterOptions): Promise<Postmaster> {
  for (;;) {
    const attempt = launch(options, await freePort());
    const outcome = await attempt.outcome;
    if (outcome === 'ready') return attempt;
    if (outcome instanceof Error) throw outcome;
    if (outcome === 'late') {
      await attempt.stop(0);
      throw startFailed(options, 'it was not ready in time', attempt.lastLines());
    }
    if (!passing.test(attempt.lastLines()) || options.deadline.remainingMs() === 0)
      throw startFailed(options, await attempt.exited, attempt.lastLines());
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

interface Attempt extends Postmaster {
  readonly outcome: Promise<'ready' | 'late' | 'ended' | Error>;
  lastLines(): string;
}

function launch(options: PostmasterOptions, port: number): Attempt {
  const { cluster, binaries, runner, deadline } = options;
  const child = spawnAs(runner, binaries.postgres, serverArguments(options, port), {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const recent: string[] = [];
  collectLog(child, (line) => {
    recent.push(line);
    if (recent.length > 12) recent.shift();
    options.log(line);
  });
  let ended: string | undefined;
  let fault: Error | undefined;
  const exited = new Promise<string>((resolve) => {
    child.once('error', (thrown) => {
      fault = cannotRun(binaries.postgres, thrown);
      resolve((ended = fault.message));
    });
    // 'close' rather than 'exit': it comes after the last log line, and after backends that outlive a killed server.
    child.once('close', (code, signal) => resolve((ended = `Postgres ended with ${signal ?? `exit code ${code}`}`)));
  });
  const endWithUs = (): void => void (ended === undefined && child.kill('SIGINT'));
  process.once('exit', endWithUs);
  void exited.then(() => process.off('exit', endWithUs));
  releaseEventLoop(child);

  const outcome = poll(deadline, 10, async () => {
    if (fault !== undefined) return fault;
    if (ended !== undefined) return 'ended' as const;
    const state = await readPostmasterPid(cluster);
    return state?.pid === child.pid && state?.ready === true ? ('ready' as const) : undefined;
  }).then((result) => result ?? ('late' as const));

  const stop = async (fastMs: number): Promise<void> => {
    for (const [signal, boundMs] of [
      ['SIGINT', fastMs],
      ['SIGQUIT', 10_000],
    ] as const) {
      if (ended !== undefined || child.pid === undefined) return;
      await signalPostmaster(binaries, child.pid, signal);
      if ((await poll(deadlineIn(boundMs), 10, () => ended)) !== undefined) return;
    }
    throw new EmbeddedPostgresError('StopFailed', `Postgres process ${child.pid} does not end`);
  };
  return { port, exited, outcome, stop, lastLines: () => recent.join(' | ') };
}

/** The server must not keep a finished program alive; whoever waits for it holds a timer of its own. */
function releaseEventLoop(child: ChildProcess): void {
  child.unref();
  const pipe = child.stderr as (NodeJS.ReadableStream & { unref?: () => void }) | null;
  pipe?.unref?.();
}

function collectLog(child: ChildProcess, line: (text: string) => void): void {
  if (child.stderr === null) return;
  createInterface({ input: child.stderr }).on('line', line);
}

function serverArguments({ cluster, settings }: PostmasterOptions, port: number): string[] {
  const fixed = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    // A failed statement and the values in its error detail may hold what must not be in a log.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
  };
  const all = Object.entries({ ...settings, ...fixed });
  return ['-D', cluster, ...all.flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

function startFailed({ cluster }: PostmasterOptions, what: string, said: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError('StartFailed', `Postgres on ${cluster} did not start: ${what}; it said: ${said}`);
}
