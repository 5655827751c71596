import { createRequire } from 'node:module';
import type * as Pkcs11 from 'pkcs11js';

export type Pkcs11Library = typeof Pkcs11;

const load = createRequire(__filename);

/**
 * The optional package `pkcs11js`: it is compiled when it is installed, and a service without it does everything but
 * talk to tokens.
 *
 * @returns undefined when it is not installed, or was not built
 */
export function pkcs11Library(): Pkcs11Library | undefined {
  try {
    return load('pkcs11js') as Pkcs11Library;
  } catch {
    return undefined;
  }
}
