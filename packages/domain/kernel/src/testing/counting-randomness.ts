import type { Randomness } from '../randomness';

/** Predictable and never repeating: for tests that want stable ids, never for keys. */
export class CountingRandomness implements Randomness {
  #count = 0;

  bytes(length: number): Uint8Array {
    this.#count += 1;
    const bytes = new Uint8Array(length);
    new DataView(bytes.buffer).setUint32(Math.max(0, length - 4), this.#count);
    return bytes;
  }

  uuid(): string {
    this.#count += 1;
    return `00000000-0000-4000-8000-${this.#count.toString(16).padStart(12, '0')}`;
  }
}
