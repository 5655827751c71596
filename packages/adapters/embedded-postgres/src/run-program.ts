import { EmbeddedPostgresError, systemCode } from './errors';
import { type Runner, spawnAs } from './unprivileged';

export interface ProgramRun {
  readonly exitCode: number | null;
  /** What the program wrote to both outputs, at most the last 64 KiB. */
  readonly output: string;
}

const outputLimit = 64 * 1024;

/** Runs a program to its end; kills it when the time is up, which then shows as `exitCode: null`. */
export async function runProgram(
  runner: Runner,
  file: string,
  args: readonly string[],
  { timeoutMs, input = '' }: { readonly timeoutMs: number; readonly input?: string },
): Promise<ProgramRun> {
  const child = spawnAs(runner, file, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString('utf8')).slice(-outputLimit);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input);
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', (thrown) => reject(cannotRun(file, thrown)));
      child.once('close', (code) => resolve(code));
    });
    return { exitCode, output };
  } finally {
    clearTimeout(timer);
  }
}

/** The file is there (we looked), so "not found" means its loader is not: the binaries need glibc. */
export function cannotRun(file: string, thrown: Error): EmbeddedPostgresError {
  if (systemCode(thrown) === 'EACCES')
    return new EmbeddedPostgresError(
      'DataDirUnwritable',
      `the user Postgres runs as may not enter ${file}: choose a data folder whose parents others may enter (chmod o+x)`,
      { cause: thrown },
    );
  return new EmbeddedPostgresError(
    'NoBinaryForPlatform',
    `${file} cannot be run on this system (it needs glibc 2.27 or later): use an external Postgres by DATABASE_URL`,
    { cause: thrown },
  );
}
