import type { HeaderPair } from './signed-request';

const credential = /[ ,]Credential=(\w{16,128})\//;

/**
 * The access key id that a request claims, read without any check and before any: for limits by who claims what. It proves
 * nothing.
 */
export function claimedAccessKeyId(headers: readonly HeaderPair[]): string | undefined {
  for (const [name, value] of headers) {
    if (name.length === 13 && name.toLowerCase() === 'authorization') return credential.exec(value)?.[1];
  }
  return undefined;
}
