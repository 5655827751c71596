import { createPublicKey } from 'node:crypto';
import { type KeyMaterial, type KmsKey, specOf } from '@keywarden/keys';
import type { DomainKeys } from './domain-keys';
import { materialIdOf } from './material-id';
import { MaterialUnusableError, placeOf, toKeyObject, unwrapMaterial } from './unwrapped-materials';

/** Unwraps a stored material and finds out whether it is the one its id was made of. */
export async function materialOpens(domainKeys: DomainKeys, key: KmsKey, material: KeyMaterial): Promise<boolean> {
  try {
    using bytes = await unwrapMaterial(domainKeys, placeOf(key, material), material.wrapped);
    if (specOf(key.spec).family !== 'asymmetric') {
      return bytes.expose((raw) => materialIdOf(key.id, raw)) === material.id;
    }
    const publicKey = createPublicKey(toKeyObject(key.spec, bytes)).export({ format: 'der', type: 'spki' });
    return materialIdOf(key.id, Uint8Array.from(publicKey)) === material.id;
  } catch (error) {
    if (error instanceof MaterialUnusableError) return false;
    throw error;
  }
}
