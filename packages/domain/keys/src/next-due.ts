import { type Instant, days, plusDays } from '@keywarden/kernel';
import type { KmsKey } from './kms-key';

/**
 * When time itself must next do something with a key: finish making it, end its deletion window, expire imported
 * material, rotate it. The scheduler asks the store for keys whose instant has come.
 *
 * @returns undefined when nothing is going to happen by itself
 */
export function nextDue(key: KmsKey): Instant | undefined {
  const instants: Instant[] = [];
  if (key.state.kind === 'Creating') instants.push(key.createdAt);
  if (key.state.kind === 'PendingDeletion') instants.push(key.state.deletionDate);
  for (const { wrapped, imported } of key.materials) {
    if (wrapped !== undefined && imported?.validTo !== undefined) instants.push(imported.validTo);
  }
  const rotation = nextRotation(key);
  if (rotation !== undefined && key.state.kind === 'Enabled') instants.push(rotation);
  return instants.sort((a, b) => a - b)[0];
}

/** When automatic rotation is due, whatever the state of the key; only the primary copy of a key rotates. */
export function nextRotation(key: KmsKey): Instant | undefined {
  if (key.rotation?.enabled !== true) return undefined;
  if (key.multiRegion !== undefined && key.multiRegion.primaryRegion !== key.region) return undefined;
  return plusDays(key.rotation.countedFrom, days(key.rotation.periodInDays));
}
