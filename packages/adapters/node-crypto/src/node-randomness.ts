import { randomFillSync, randomUUID } from 'node:crypto';
import type { Randomness } from '@keywarden/kernel';

/** The system's generator. */
export class NodeRandomness implements Randomness {
  bytes(length: number): Uint8Array {
    return randomFillSync(new Uint8Array(length));
  }

  uuid(): string {
    return randomUUID();
  }
}
