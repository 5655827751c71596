import { randomFillSync } from 'node:crypto';

const poolBytes = 4_096;

/** Fresh public random bytes (nonces, IVs), drawn from the system in bulk. Not for keys: the pool stays in memory. */
export class NonceSource {
  readonly #pool = new Uint8Array(poolBytes);
  #next = poolBytes;

  /** @param length 1 to 64 bytes. @returns bytes that were never given out before */
  take(length: number): Uint8Array {
    if (this.#next + length > poolBytes) {
      randomFillSync(this.#pool);
      this.#next = 0;
    }
    this.#next += length;
    return this.#pool.slice(this.#next - length, this.#next);
  }
}
