import { type Instant, type Result, accept } from '@keywarden/kernel';
import {
  type ArrivedMaterial,
  type ImportTerms,
  deleteImportedKeyMaterial,
  expireMaterials,
  importKeyMaterial,
} from './import-material';
import type { CommandRefusal } from './key-commands';
import { type KeyMaterial, type KeyMaterialId, isPresent } from './key-material';
import { type KmsKey, isReplica } from './kms-key';
import type { ImportRefusal } from './refusals';
import { pendingMaterial } from './rotation';

type FamilyDecision = Result<readonly KmsKey[], CommandRefusal | ImportRefusal>;

/**
 * Imports material into one copy of a key. New material of a multi-Region key arrives at the primary; its replicas learn
 * its id, import the same bytes themselves, and only when every copy has it can the key rotate to it.
 *
 * @param copies every copy of the key, `target` among them
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-import.html
 */
export function importIntoFamily(
  copies: readonly KmsKey[],
  target: KmsKey,
  arrived: ArrivedMaterial,
  terms: ImportTerms,
  now: Instant,
): FamilyDecision {
  const told = isReplica(target) ? toldOfPending(expireMaterials(target, now), primaryOf(copies)) : target;
  const imported = importKeyMaterial(told, arrived, terms, now);
  return imported.ok ? accept(settlePending(replaced(copies, imported.value), now)) : imported;
}

/**
 * Deletes imported material from one copy. Pending material that goes from the primary goes from its replicas too; a
 * replica that loses it still knows of it and has to import it again.
 *
 * @param given the material to delete; the current one when absent
 */
export function deleteFromFamily(
  copies: readonly KmsKey[],
  target: KmsKey,
  given: KeyMaterialId | undefined,
  now: Instant,
): FamilyDecision {
  const deleted = deleteImportedKeyMaterial(target, given, now);
  return deleted.ok ? accept(settlePending(replaced(copies, deleted.value), now)) : deleted;
}

/**
 * Brings what the copies say of pending material together: it is the primary's, every replica knows of it, and it waits
 * for rotation only once all of them have it. Copies that say so already are returned as they are.
 */
export function settlePending(copies: readonly KmsKey[], now: Instant): readonly KmsKey[] {
  const primary = primaryOf(copies);
  if (primary === undefined || primary.origin !== 'EXTERNAL') return copies;
  const pending = pendingMaterial(primary);
  const told = copies.map((copy) => (isReplica(copy) ? toldOfPending(copy, primary) : copy));
  const has = (copy: KmsKey) => copy.materials.some((one) => one.id === pending?.id && isPresent(one, now));
  const everywhere = told.every(has);
  return told.map((copy) => withPendingState(copy, everywhere));
}

function primaryOf(copies: readonly KmsKey[]): KmsKey | undefined {
  return copies.find((copy) => !isReplica(copy));
}

function replaced(copies: readonly KmsKey[], changed: KmsKey): readonly KmsKey[] {
  return copies.map((copy) => (copy.region === changed.region ? changed : copy));
}

/** A replica has the pending material its primary has, if only by name, and no other. */
function toldOfPending(replica: KmsKey, primary: KmsKey | undefined): KmsKey {
  const pending = primary === undefined ? undefined : pendingMaterial(primary);
  const own = pendingMaterial(replica);
  if (own?.id === pending?.id) return replica;
  const settled = replica.materials.filter(({ id }) => id !== own?.id);
  if (pending === undefined) return { ...replica, materials: settled };
  const { id, createdAt, imported } = pending;
  const state = 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION';
  const named: KeyMaterial = { id, state, createdAt, imported: { description: imported?.description } };
  return { ...replica, materials: [...settled, named] };
}

function withPendingState(copy: KmsKey, everywhere: boolean): KmsKey {
  const pending = pendingMaterial(copy);
  const state = everywhere ? 'PENDING_ROTATION' : 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION';
  if (pending === undefined || pending.state === state) return copy;
  const settled: KeyMaterial = { ...pending, state };
  return { ...copy, materials: copy.materials.map((one) => (one.id === pending.id ? settled : one)) };
}
