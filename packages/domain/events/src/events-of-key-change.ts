import { type Instant, compareBytes } from '@keywarden/kernel';
import type { KeyMaterial, KmsKey, StateKind } from '@keywarden/keys';
import { type KeyEvent, type KeyEventFacts, keyEvent } from './key-event';

/**
 * What happened to a key between two versions of it. Every path that changes a key stores it in the end, so deriving the
 * events here, where both versions are at hand, leaves none out; a decision cannot forget one.
 *
 * @param before absent for a key that is new
 * @param after absent for a key that was removed
 * @param now the instant of the change: material that ended after its expiry has expired, whoever took it away
 */
export function eventsOfKeyChange(
  before: KmsKey | undefined,
  after: KmsKey | undefined,
  now: Instant,
): readonly KeyEvent[] {
  const name = after ?? before;
  if (name === undefined || before === after) return [];
  return factsOf(before, after, now).map((facts) => keyEvent(name, now, facts));
}

function factsOf(before: KmsKey | undefined, after: KmsKey | undefined, now: Instant): readonly KeyEventFacts[] {
  if (after === undefined) return [{ type: 'KeyDeleted' }];
  if (before === undefined) return [created(after), ...importedMaterials([], after)];
  return [
    ...endedMaterials(before, after, now),
    ...importedMaterials(before.materials, after),
    ...rotated(before, after),
    ...stateFacts(before, after),
    ...settingFacts(before, after),
  ];
}

function created({ spec, usage, origin, manager, multiRegion }: KmsKey): KeyEventFacts {
  const primaryRegion = multiRegion?.primaryRegion;
  return { type: 'KeyCreated', spec, usage, origin, manager, ...(primaryRegion && { primaryRegion }) };
}

function endedMaterials(before: KmsKey, after: KmsKey, now: Instant): readonly KeyEventFacts[] {
  const left = new Map(after.materials.map((material) => [material.id, material]));
  return before.materials.flatMap((material): readonly KeyEventFacts[] => {
    if (material.wrapped === undefined || sameBytes(material, left.get(material.id))) return [];
    const { id: materialId, imported } = material;
    const validTo = imported?.validTo;
    if (validTo !== undefined && validTo <= now) return [{ type: 'KeyMaterialExpired', materialId, validTo }];
    return left.get(materialId)?.wrapped === undefined ? [{ type: 'KeyMaterialDeleted', materialId }] : [];
  });
}

/** Imported anew also when the very bytes came again, with another date. */
function importedMaterials(before: readonly KeyMaterial[], after: KmsKey): readonly KeyEventFacts[] {
  const known = new Map(before.map((material) => [material.id, material]));
  return after.materials.flatMap((material): readonly KeyEventFacts[] => {
    const { id: materialId, wrapped, imported } = material;
    if (wrapped === undefined || imported === undefined) return [];
    const earlier = known.get(materialId);
    const { validTo } = imported;
    if (sameBytes(material, earlier) && earlier?.imported?.validTo === validTo) return [];
    return [{ type: 'KeyMaterialImported', materialId, ...(validTo !== undefined && { validTo }) }];
  });
}

function sameBytes(one: KeyMaterial, other: KeyMaterial | undefined): boolean {
  if (one.wrapped === undefined || other?.wrapped === undefined) return false;
  return one.wrapped === other.wrapped || compareBytes(one.wrapped, other.wrapped) === 0;
}

function rotated(before: KmsKey, after: KmsKey): readonly KeyEventFacts[] {
  const [previousMaterialId, materialId] = [before.currentMaterialId, after.currentMaterialId];
  if (previousMaterialId === undefined || materialId === undefined || previousMaterialId === materialId) return [];
  const rotationType = after.materials.find(({ id }) => id === materialId)?.rotation?.type;
  return rotationType === undefined ? [] : [{ type: 'KeyRotated', rotationType, materialId, previousMaterialId }];
}

/** What arriving in a state is called; nothing for the short ones that nobody has to act on. */
const arrivals: { readonly [K in StateKind]: (after: KmsKey) => KeyEventFacts | undefined } = {
  Enabled: () => ({ type: 'KeyEnabled' }),
  Disabled: () => ({ type: 'KeyDisabled' }),
  PendingImport: () => ({ type: 'KeyAwaitsImport' }),
  Unavailable: () => ({ type: 'KeyUnavailable' }),
  PendingDeletion: ({ state }) =>
    state.kind === 'PendingDeletion' ? { type: 'KeyDeletionScheduled', deletionDate: state.deletionDate } : undefined,
  PendingReplicaDeletion: ({ state }) =>
    state.kind === 'PendingReplicaDeletion'
      ? { type: 'KeyDeletionScheduled', windowInDays: state.windowInDays }
      : undefined,
  Creating: () => undefined,
  Updating: () => undefined,
};

function stateFacts(before: KmsKey, after: KmsKey): readonly KeyEventFacts[] {
  if (before.state.kind === after.state.kind) return [];
  if (isLeaving(before) && !isLeaving(after)) return [{ type: 'KeyDeletionCancelled' }];
  const arrived = arrivals[after.state.kind](after);
  return arrived === undefined ? [] : [arrived];
}

function isLeaving({ state }: KmsKey): boolean {
  return state.kind === 'PendingDeletion' || state.kind === 'PendingReplicaDeletion';
}

function settingFacts(before: KmsKey, after: KmsKey): readonly KeyEventFacts[] {
  const facts: KeyEventFacts[] = [];
  if (before.policy !== after.policy) facts.push({ type: 'KeyPolicyChanged' });
  if (before.description !== after.description) facts.push({ type: 'KeyDescriptionChanged' });
  if (tagText(before) !== tagText(after)) facts.push({ type: 'KeyTagsChanged' });
  const { multiRegion: role, rotation } = after;
  if (role !== undefined && roleText(before) !== roleText(after)) facts.push({ type: 'KeyReplicasChanged', ...role });
  const [was, is] = [before.rotation, rotation];
  if (is?.enabled === true && (was?.enabled !== true || was.periodInDays !== is.periodInDays)) {
    facts.push({ type: 'KeyRotationEnabled', periodInDays: is.periodInDays });
  }
  if (was?.enabled === true && is?.enabled !== true) facts.push({ type: 'KeyRotationDisabled' });
  return facts;
}

function tagText({ tags }: KmsKey): string {
  return JSON.stringify(tags.map(({ key, value }) => [key, value]));
}

function roleText({ multiRegion }: KmsKey): string {
  return JSON.stringify([multiRegion?.primaryRegion, multiRegion?.replicaRegions]);
}
