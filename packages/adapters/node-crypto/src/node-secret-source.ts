import { randomFillSync } from 'node:crypto';
import type { SecretSource } from '@keywarden/crypto';
import { SecretBytes } from '@keywarden/kernel';

/** Secrets straight from the system's generator, each in memory of its own. */
export class NodeSecretSource implements SecretSource {
  take(length: number): SecretBytes {
    if (!Number.isInteger(length) || length < 1 || length > 1_024) {
      throw new RangeError(`a secret has 1 to 1,024 bytes, not ${length}`);
    }
    return SecretBytes.adopt(randomFillSync(new Uint8Array(length)));
  }
}
