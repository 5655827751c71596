import type { KeyId } from '@keywarden/kernel';
import type { KeyMaterialId } from '@keywarden/keys';

/** A ciphertext blob taken apart; nothing in it has been verified yet. */
export interface CiphertextBlob {
  readonly keyId: KeyId;
  readonly materialId: KeyMaterialId;
  /** The whole blob as it was given. */
  readonly bytes: Uint8Array;
}
