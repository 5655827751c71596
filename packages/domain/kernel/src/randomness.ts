/** Cryptographically secure randomness. */
export interface Randomness {
  /** @param length 1 to 65,536 bytes */
  bytes(length: number): Uint8Array;
  /** A version 4 UUID, lower case. */
  uuid(): string;
}

/** 0 to 1, evenly spread. */
export function chance(randomness: Randomness): number {
  const number = randomness.bytes(4).reduce((sum, byte) => sum * 256 + byte, 0);
  return number / 0xffff_ffff;
}
