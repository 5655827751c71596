import { createHash } from 'node:crypto';
import { materialIdInput } from '@keywarden/crypto';
import type { KeyId } from '@keywarden/kernel';
import type { KeyMaterialId } from '@keywarden/keys';

/** @param identity the material for symmetric and HMAC specs, the SubjectPublicKeyInfo for private keys */
export function materialIdOf(keyId: KeyId, identity: Uint8Array): KeyMaterialId {
  return createHash('sha256').update(materialIdInput(keyId, identity)).digest('hex') as KeyMaterialId;
}
