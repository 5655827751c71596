import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What `openssl speed` calls it. */
export type OpensslAlgorithm = 'rsa2048' | 'rsa4096' | 'ecdsap256' | 'ecdsap384' | 'ed25519';

/**
 * Private-key operations in a second of processor time on one core, measured by `openssl speed`. It counts processor time,
 * not the clock on the wall, so other work on the machine takes nothing from it.
 *
 * @returns undefined where openssl, or the algorithm in it, is missing
 */
export async function opensslSignsPerSecond(algorithm: OpensslAlgorithm): Promise<number | undefined> {
  try {
    const options = ['speed', '-seconds', '1', '-mr', algorithm];
    return parseSpeed((await run('openssl', options, { timeout: 30_000 })).stdout);
  } catch {
    return undefined;
  }
}

/** @param text machine-readable lines such as `+F2:2:2048:3171.7:49298.0`: signatures, then verifications, per second */
export function parseSpeed(text: string): number | undefined {
  const line = text.split('\n').findLast((one) => /^\+F[246]:/.test(one));
  const value = Number(line?.split(':').at(-2));
  return Number.isFinite(value) && value > 0 ? value : undefined;
}
