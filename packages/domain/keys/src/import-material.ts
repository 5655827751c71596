import { type Instant, type Result, accept, refuse } from '@keywarden/kernel';
import { type CommandRefusal, type KeyDecision, changeable } from './key-commands';
import { type ImportDetails, type KeyMaterial, type KeyMaterialId, type WrappedMaterial } from './key-material';
import { enabled, pendingImport } from './key-state';
import { type KmsKey, arnOf, isPrimary, isReplica, stateAt } from './kms-key';
import type { KeyOperation } from './operation-states';
import type { ImportRefusal } from './refusals';
import { pendingMaterial } from './rotation';

export type ImportType = 'NEW_KEY_MATERIAL' | 'EXISTING_KEY_MATERIAL';

/** Material that arrived, unwrapped, checked and wrapped again for storage. */
export interface ArrivedMaterial {
  readonly id: KeyMaterialId;
  readonly wrapped: WrappedMaterial;
  readonly publicKey?: Uint8Array;
}

export interface ImportTerms extends ImportDetails {
  /** Absent when the caller gave none. */
  readonly importType?: ImportType;
  /** The id the caller expects; absent when none was given. */
  readonly expectedId?: KeyMaterialId;
}

/** May material be imported into the key, or deleted from it, in its state and of its origin? */
export function importable(operation: KeyOperation, key: KmsKey, now: Instant): Result<KmsKey, CommandRefusal> {
  const allowed = changeable(operation, key, now);
  if (!allowed.ok || key.origin === 'EXTERNAL') return allowed;
  return refuse({ code: 'OriginNotValid', keyArn: arnOf(key), origin: key.origin });
}

/**
 * Imports material: the first, a further one of a symmetric key (which waits for rotation), or one the key has had.
 *
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_ImportKeyMaterial.html
 */
export function importKeyMaterial(
  key: KmsKey,
  arrived: ArrivedMaterial,
  terms: ImportTerms,
  now: Instant,
): KeyDecision<ImportRefusal> {
  const allowed = importable('ImportKeyMaterial', key, now);
  if (!allowed.ok) return allowed;
  const symmetric = key.spec === 'SYMMETRIC_DEFAULT';
  const forSymmetric = [terms.importType, terms.expectedId, terms.description];
  if (!symmetric && forSymmetric.some((term) => term !== undefined)) {
    return refuse({ code: 'ImportTypeNotValid', detail: 'NotSymmetric' });
  }
  // What has expired is gone from that instant on, whether the scheduler has come by or not.
  const held = expireMaterials(key, now);
  const type = terms.importType ?? (held.materials.length === 0 ? 'NEW_KEY_MATERIAL' : 'EXISTING_KEY_MATERIAL');
  const placed = type === 'NEW_KEY_MATERIAL' ? addNew(held, arrived, terms, now) : reimport(held, arrived, terms);
  return placed.ok ? accept(afterImport(held, placed.value, now)) : placed;
}

function addNew(
  key: KmsKey,
  arrived: ArrivedMaterial,
  terms: ImportTerms,
  now: Instant,
): Result<KmsKey, ImportRefusal> {
  if (terms.expectedId !== undefined || isReplica(key)) {
    return refuse({ code: 'ImportTypeNotValid', detail: 'NewMaterialOnlyOnce' });
  }
  const pending = pendingMaterial(key);
  if (pending !== undefined) {
    return refuse({ code: 'AnotherMaterialPending', keyArn: arnOf(key), given: arrived.id, pending: pending.id });
  }
  if (key.materials.some(({ id }) => id === arrived.id)) {
    return refuse({ code: 'ImportTypeNotValid', detail: 'NewMaterialOnlyOnce' });
  }
  const { validTo, description } = terms;
  const first = key.materials.length === 0;
  const waiting = isPrimary(key) && (key.multiRegion?.replicaRegions.length ?? 0) > 0;
  const state = first ? 'CURRENT' : waiting ? 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION' : 'PENDING_ROTATION';
  const material: KeyMaterial = { ...arrived, state, createdAt: now, imported: { validTo, description } };
  return accept({
    ...key,
    materials: [...key.materials, material],
    currentMaterialId: first ? material.id : key.currentMaterialId,
  });
}

function reimport(key: KmsKey, arrived: ArrivedMaterial, terms: ImportTerms): Result<KmsKey, ImportRefusal> {
  const known = key.materials.find(({ id }) => id === arrived.id);
  const expected = terms.expectedId === undefined || terms.expectedId === arrived.id;
  if (known === undefined || !expected) return refuse({ code: 'MaterialNotOfKey' });
  const description = terms.description ?? known.imported?.description;
  const renewed: KeyMaterial = { ...known, ...arrived, imported: { validTo: terms.validTo, description } };
  return accept({ ...key, materials: key.materials.map((one) => (one.id === known.id ? renewed : one)) });
}

/** A key that waited for import is enabled once nothing it needs is missing any more. */
function afterImport(before: KmsKey, after: KmsKey, now: Instant): KmsKey {
  if (stateAt(before, now)?.kind !== 'PendingImport') return after;
  const complete = { ...after, state: enabled };
  return stateAt(complete, now)?.kind === 'Enabled' ? complete : { ...after, state: pendingImport };
}

/**
 * Deletes imported material. What ciphertexts may depend on leaves its metadata behind, and the key waits for import;
 * material that was still waiting for rotation is forgotten altogether.
 *
 * @param given the material to delete; the current one when absent
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_DeleteImportedKeyMaterial.html
 */
export function deleteImportedKeyMaterial(
  key: KmsKey,
  given: KeyMaterialId | undefined,
  now: Instant,
): KeyDecision<ImportRefusal> {
  const allowed = importable('DeleteImportedKeyMaterial', key, now);
  if (!allowed.ok) return allowed;
  const target = given ?? key.currentMaterialId;
  if (target === undefined) return accept(key);
  const material = key.materials.find(({ id }) => id === target);
  if (material === undefined) return refuse({ code: 'MaterialUnknown', keyArn: arnOf(key), given: target });
  return accept(material.wrapped === undefined ? key : withoutMaterial(key, material));
}

/** @returns the key itself when no material has expired */
export function expireMaterials(key: KmsKey, now: Instant): KmsKey {
  return key.materials
    .filter(({ wrapped, imported }) => wrapped !== undefined && (imported?.validTo ?? Infinity) <= now)
    .reduce(withoutMaterial, key);
}

function withoutMaterial(key: KmsKey, gone: KeyMaterial): KmsKey {
  const required = gone.state === 'CURRENT' || gone.state === 'NON_CURRENT';
  if (!required) return { ...key, materials: key.materials.filter(({ id }) => id !== gone.id) };
  const { wrapped: _wiped, imported, ...facts } = gone;
  const emptied: KeyMaterial = { ...facts, imported: { description: imported?.description } };
  const usable = key.state.kind === 'Enabled' || key.state.kind === 'Disabled';
  return {
    ...key,
    state: usable ? pendingImport : key.state,
    materials: key.materials.map((one) => (one.id === gone.id ? emptied : one)),
  };
}
