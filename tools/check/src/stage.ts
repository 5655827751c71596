import { spawn } from 'node:child_process';

/** One command of the check; it passes when the command exits with 0. */
export interface Stage {
  readonly name: string;
  readonly command: readonly [program: string, ...args: string[]];
  /** Milliseconds after which the command and all it started are killed. */
  readonly timeoutMs: number;
  readonly env?: Readonly<Record<string, string>>;
}

export interface StageResult {
  readonly name: string;
  readonly ok: boolean;
  readonly seconds: number;
  /** The end of what the command printed, at most 4 MiB. */
  readonly output: string;
}

const outputLimit = 4 * 1024 * 1024;

/** Runs a stage to its end or its time limit; never throws for a failing command. */
export async function runStage({ name, command, timeoutMs, env }: Stage): Promise<StageResult> {
  const [program, ...args] = command;
  const started = performance.now();
  let output = '';
  const keep = (text: Buffer | string): void => {
    output = (output + text.toString()).slice(-outputLimit);
  };
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const endGroup = (): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // The group has ended already.
    }
  };
  process.once('exit', endGroup);
  const timer = setTimeout(() => {
    keep(`\n${name} took longer than ${timeoutMs / 1000} s and was ended\n`);
    endGroup();
  }, timeoutMs);
  const ok = await new Promise<boolean>((resolve) => {
    child.once('error', (thrown) => {
      keep(`${program}: ${thrown.message}\n`);
      resolve(false);
    });
    child.once('close', (code) => resolve(code === 0));
  });
  clearTimeout(timer);
  process.off('exit', endGroup);
  return { name, ok, seconds: (performance.now() - started) / 1000, output };
}

/** `lint   FAILED   31.9 s`, one line a stage. */
export function stageTable(results: readonly StageResult[]): string {
  const width = Math.max(...results.map(({ name }) => name.length));
  return results
    .map(
      ({ name, ok, seconds }) =>
        `${name.padEnd(width)}  ${ok ? 'ok    ' : 'FAILED'}  ${seconds.toFixed(1).padStart(6)} s`,
    )
    .join('\n');
}
