import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A text to lint as if it were the file at a path of the repository. */
export interface LintCase {
  readonly text: string;
  /** Relative to the repository; the file must exist, since typed rules know only files of the package's tsconfig. */
  readonly path: string;
}

export interface Complaint {
  readonly rule: string;
  readonly message: string;
}

/** The folder with the repository's eslint.config.mjs. */
export const repository = join(__dirname, '../../..');

/** The text of a file in `canary/`. */
export const canaryText = (file: string): string => readFileSync(join(__dirname, '../canary', `${file}.ts`), 'utf8');

/** Lints with the repository's own configuration, in another process, and gives the complaints case by case. */
export async function lintAs(
  cases: readonly LintCase[],
  timeoutMs = 120_000,
): Promise<readonly (readonly Complaint[])[]> {
  const worker = ['-r', 'ts-node/register/transpile-only', join(__dirname, 'lint-worker.ts')];
  const child = spawn(process.execPath, worker, {
    cwd: repository,
    // Where CI is set the parser reads files once, from the disk: it would not see the texts that are put in their place.
    env: { ...process.env, NX_DAEMON: 'false', TSESTREE_SINGLE_RUN: 'false' },
    stdio: ['pipe', 'pipe', 'inherit'],
    timeout: timeoutMs,
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stdin.end(JSON.stringify(cases));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`the lint process ended with ${code}: ${output.slice(-2000)}`);
  // The last line is ours; plugins may print warnings above it.
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as Complaint[][];
}
