import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where `.ci/run` installs `clients/requirements.txt`; not in the repository. */
const installed = resolve(__dirname, '../../../../.clients/bin');

/**
 * A program of the Python environment for clients, or of the PATH where there is no such environment; said on standard
 * error, and absent, when neither runs the arguments given within 20 seconds.
 */
export function pythonClient(program: string, ...probe: string[]): string | undefined {
  const own = join(installed, program);
  const path = existsSync(own) ? own : program;
  if (spawnSync(path, probe, { timeout: 20_000 }).status === 0) return path;
  const how = 'python3 -m venv .clients && .clients/bin/pip install -r apps/standalone/e2e/clients/requirements.txt';
  process.stderr.write(`Left out: tests that need "${program} ${probe.join(' ')}" to work; install it by: ${how}\n`);
  return undefined;
}
