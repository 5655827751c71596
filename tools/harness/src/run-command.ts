import { spawn } from 'node:child_process';
import { join } from 'node:path';

const program = join(__dirname, '../../../apps/cli/bin/keywarden.js');

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the built command as a person would, with nothing of our own environment but the path. */
export function keywarden(words: readonly string[], environment: Readonly<Record<string, string>>): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...words], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  return new Promise((done) => child.once('close', (code) => done({ code, out, err })));
}

/** The answer in JSON of a command that must not fail. */
export async function answered<T>(words: readonly string[], environment: Readonly<Record<string, string>>): Promise<T> {
  const { code, out, err } = await keywarden([...words, '--json'], environment);
  if (code !== 0 || err !== '') throw new Error(`${words.join(' ')} ended with ${code}: ${err}`);
  return JSON.parse(out) as T;
}
