import { type Instant, type Region, type Result, accept, refuse } from '@keywarden/kernel';
import { type CommandRefusal, type KeyDecision, changeable } from './key-commands';
import { type KeyMaterial, isPresent } from './key-material';
import { type KmsKey, arnOf, isReplica, stateAt } from './kms-key';
import { nextRotation } from './next-due';
import type { KeyOperation } from './operation-states';
import type { KeyKindRefusal, RotationRefusal } from './refusals';

export const defaultRotationPeriodInDays = 365;

/** An on-demand rotation is refused when an automatic one is this close. */
const conflictMilliseconds = 20 * 60_000;

/** Only symmetric encryption keys rotate. */
function checkSpec(key: KmsKey): Result<KmsKey, KeyKindRefusal> {
  return key.spec === 'SYMMETRIC_DEFAULT' ? accept(key) : refuse({ code: 'SpecNotValid', keyArn: arnOf(key) });
}

/** Automatic rotation is for symmetric encryption keys whose material KMS makes. */
export function checkAutomaticRotation(key: KmsKey): Result<KmsKey, KeyKindRefusal> {
  const spec = checkSpec(key);
  if (!spec.ok || key.origin === 'AWS_KMS') return spec;
  return refuse({ code: 'OriginNotValid', keyArn: arnOf(key), origin: key.origin });
}

/**
 * Is it a key of a kind that never rotates, with material that KMS made? AWS KMS says of such a key that its rotation is
 * disabled, and lets it be disabled once more; tools such as Terraform ask for both without looking at the spec.
 */
export function neverRotates(key: KmsKey): boolean {
  return key.origin === 'AWS_KMS' && key.spec !== 'SYMMETRIC_DEFAULT';
}

function configurable(operation: KeyOperation, key: KmsKey, now: Instant): KeyDecision {
  const allowed = changeable(operation, key, now);
  if (!allowed.ok) return allowed;
  const kind = checkAutomaticRotation(key);
  if (!kind.ok) return kind;
  return isReplica(key) ? refuse({ code: 'MultiRegionReplica', keyArn: arnOf(key) }) : accept(key);
}

/**
 * The clock of the schedule starts anew when rotation is switched on or its period changes.
 *
 * @param periodInDays 90 to 2,560
 */
export function enableKeyRotation(key: KmsKey, periodInDays: number, now: Instant): KeyDecision {
  const allowed = configurable('EnableKeyRotation', key, now);
  if (!allowed.ok) return allowed;
  const unchanged = key.rotation?.enabled === true && key.rotation.periodInDays === periodInDays;
  return accept(unchanged ? key : { ...key, rotation: { enabled: true, periodInDays, countedFrom: now } });
}

export function disableKeyRotation(key: KmsKey, now: Instant): KeyDecision {
  if (neverRotates(key)) return changeable('DisableKeyRotation', key, now);
  const allowed = configurable('DisableKeyRotation', key, now);
  if (!allowed.ok || key.rotation?.enabled !== true) return allowed;
  return accept({ ...key, rotation: { ...key.rotation, enabled: false } });
}

/**
 * May the key be rotated on demand now?
 *
 * @param limit on-demand rotations a key may have in its life
 */
export function checkOnDemandRotation(
  key: KmsKey,
  limit: number,
  now: Instant,
): Result<KmsKey, CommandRefusal | RotationRefusal> {
  const keyArn = arnOf(key);
  const allowed = changeable('RotateKeyOnDemand', key, now);
  if (!allowed.ok) return allowed;
  const spec = checkSpec(key);
  if (!spec.ok) return spec;
  if (key.origin !== 'AWS_KMS' && key.origin !== 'EXTERNAL') {
    return refuse({ code: 'OriginNotValid', keyArn, origin: key.origin });
  }
  if (isReplica(key)) return refuse({ code: 'MultiRegionReplica', keyArn });
  if (key.onDemandRotations >= limit) return refuse({ code: 'OnDemandRotationLimitReached', keyArn });
  const pending = pendingMaterial(key);
  const ready = pending?.state === 'PENDING_ROTATION' && isPresent(pending, now);
  if (key.origin === 'EXTERNAL' && !ready) return refuse({ code: 'NothingPendingRotation', keyArn });
  const automatic = nextRotation(key);
  if (automatic !== undefined && automatic - now < conflictMilliseconds) {
    return refuse({ code: 'RotationInProgress', keyArn });
  }
  return accept(key);
}

/** The imported material that the next on-demand rotation makes current. */
export function pendingMaterial(key: KmsKey): KeyMaterial | undefined {
  return key.materials.find(
    ({ state }) => state === 'PENDING_ROTATION' || state === 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION',
  );
}

/** Is automatic rotation due on this primary or single-Region key? Never while it is disabled or waits for deletion. */
export function isRotationDue(key: KmsKey, now: Instant): boolean {
  const due = nextRotation(key);
  return due !== undefined && due <= now && stateAt(key, now)?.kind === 'Enabled';
}

/**
 * Makes a material current; every earlier one stays for decryption. An automatic rotation starts the next period now, so
 * rotations that were missed are made up for by one.
 *
 * @param next fresh material, or the id of one that is pending
 */
export function rotateTo(key: KmsKey, next: KeyMaterial, type: 'AUTOMATIC' | 'ON_DEMAND', now: Instant): KmsKey {
  const earlier = key.materials
    .filter(({ id }) => id !== next.id)
    .map((material) => (material.state === 'CURRENT' ? { ...material, state: 'NON_CURRENT' as const } : material));
  const current: KeyMaterial = { ...next, state: 'CURRENT', rotation: { at: now, type } };
  return {
    ...key,
    materials: [...earlier, current],
    currentMaterialId: current.id,
    onDemandRotations: key.onDemandRotations + (type === 'ON_DEMAND' ? 1 : 0),
    rotation: type === 'AUTOMATIC' && key.rotation ? { ...key.rotation, countedFrom: now } : key.rotation,
  };
}

/**
 * Rotates all copies of a key together, so that new material is used nowhere before it is everywhere.
 *
 * @param fresh the same material wrapped for each Region; imported material is already in the copies
 * @returns undefined when a copy has no material to go to
 */
export function rotateFamily(
  copies: readonly KmsKey[],
  fresh: ReadonlyMap<Region, KeyMaterial>,
  type: 'AUTOMATIC' | 'ON_DEMAND',
  now: Instant,
): readonly KmsKey[] | undefined {
  const rotated: KmsKey[] = [];
  for (const copy of copies) {
    const next = fresh.get(copy.region) ?? pendingMaterial(copy);
    if (next === undefined || !isPresent(next, now)) return undefined;
    rotated.push(rotateTo(copy, next, type, now));
  }
  return rotated;
}
