import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';

const main = join(resolve(__dirname, '../../../..'), 'apps/cli/dist/main.js');

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the operator's command with lines on its standard input, as a person or a script would give shares. */
export function runWithInput(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  lines: readonly string[] = [],
): Promise<Ran> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(KEYWARDEN_|DATABASE_URL$|REDIS_URL$)/.test(name),
  );
  const child = spawn(process.execPath, [main, ...words], {
    env: { ...Object.fromEntries(inherited), ...environment },
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  child.stdin.on('error', () => undefined);
  child.stdin.end(lines.map((line) => `${line}\n`).join(''));
  const timer = setTimeout(() => child.kill('SIGKILL'), 120_000);
  return new Promise((done) =>
    child.once('close', (code) => {
      clearTimeout(timer);
      done({ code, out, err });
    }),
  );
}

/** Runs it until it was killed, unless it ends before. @returns whether it was killed */
export function killedAfter(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  milliseconds: number,
): Promise<boolean> {
  const child = spawn(process.execPath, [main, ...words], { env: { ...process.env, ...environment }, stdio: 'ignore' });
  const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
  return new Promise((done) =>
    child.once('close', (_code, signal) => {
      clearTimeout(timer);
      done(signal === 'SIGKILL');
    }),
  );
}

/**
 * Runs it at a terminal of its own, where each text is typed once its prompt is there.
 *
 * @returns everything the terminal showed
 */
export function runAtTerminal(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  typed: readonly (readonly [prompt: string, text: string])[],
): Promise<{ readonly code: number | null; readonly shown: string }> {
  const command = [process.execPath, main, ...words].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    env: { PATH: process.env.PATH, ...environment },
  });
  const left = [...typed];
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    const [next] = left;
    if (next === undefined || !shown.endsWith(next[0])) return;
    left.shift();
    child.stdin.write(`${next[1]}\r`);
  });
  child.stdin.on('error', () => undefined);
  const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
  return new Promise((done) =>
    child.once('close', (code) => {
      clearTimeout(timer);
      done({ code, shown });
    }),
  );
}
