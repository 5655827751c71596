import { createHash } from 'node:crypto';

/**
 * The text of a root key file, format version 1: three lines, each ended by a line feed.
 *
 * ```
 * keywarden-root-key 1
 * <64 hexadecimal digits: the key>
 * <64 hexadecimal digits: SHA-256 of the two lines above>
 * ```
 */
const firstLine = 'keywarden-root-key 1';
const pattern = /^keywarden-root-key 1\n([0-9a-f]{64})\n([0-9a-f]{64})\n$/;
/** No file of this format is longer. */
export const keyTextBytes = firstLine.length + 1 + 2 * 65;

function checksum(lines: string): string {
  return createHash('sha256').update(lines).digest('hex');
}

/** @param key 32 bytes */
export function writeKeyText(key: Uint8Array): string {
  const lines = `${firstLine}\n${Buffer.from(key).toString('hex')}\n`;
  return `${lines}${checksum(lines)}\n`;
}

/** @returns the 32 bytes of the key, or undefined when anything is not as it was written */
export function readKeyText(text: string): Uint8Array | undefined {
  const [, key, sum] = pattern.exec(text) ?? [];
  if (key === undefined || checksum(`${firstLine}\n${key}\n`) !== sum) return undefined;
  return Uint8Array.from(Buffer.from(key, 'hex'));
}
