/** Cryptographically secure randomness. */
export interface Randomness {
  /** @param length 1 to 65,536 bytes */
  bytes(length: number): Uint8Array;
  /** A version 4 UUID, lower case. */
  uuid(): string;
}
