import { type Instant, type Result, accept, days, plusDays, refuse } from '@keywarden/kernel';
import { type KeyDecision, changeable } from './key-commands';
import { disabled } from './key-state';
import { type KmsKey, isPrimary } from './kms-key';
import type { DeletionWindowOutOfRange } from './refusals';

const shortest = 7;
const longest = 30;

/** The service's own bounds; the model of the API allows 1 to 365. */
export function checkDeletionWindow(windowInDays: number): Result<number, DeletionWindowOutOfRange> {
  return windowInDays >= shortest && windowInDays <= longest
    ? accept(windowInDays)
    : refuse({ code: 'DeletionWindowOutOfRange', windowInDays });
}

/**
 * Starts the waiting period after which the key material is destroyed for good. A multi-Region primary key with
 * replicas waits for them first; its own period begins when the last one is gone.
 *
 * @param windowInDays whole days, 7 to 30
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html
 */
export function scheduleKeyDeletion(key: KmsKey, windowInDays: number, now: Instant): KeyDecision {
  const allowed = changeable('ScheduleKeyDeletion', key, now);
  if (!allowed.ok) return allowed;
  return accept(
    isPrimary(key) && (key.multiRegion?.replicaRegions.length ?? 0) > 0
      ? { ...key, state: { kind: 'PendingReplicaDeletion', windowInDays } }
      : startDeletionWindow(key, windowInDays, now),
  );
}

function startDeletionWindow(key: KmsKey, windowInDays: number, now: Instant): KmsKey {
  return { ...key, state: { kind: 'PendingDeletion', deletionDate: plusDays(now, days(windowInDays)) } };
}

/** The key comes back disabled. @see https://docs.aws.amazon.com/kms/latest/APIReference/API_CancelKeyDeletion.html */
export function cancelKeyDeletion(key: KmsKey, now: Instant): KeyDecision {
  const allowed = changeable('CancelKeyDeletion', key, now);
  return allowed.ok ? accept({ ...key, state: disabled }) : allowed;
}

/**
 * What becomes of the copies of a key when one of them has reached the end of its window: that copy goes, the others
 * forget it, and a primary that waited for its last replica starts its own window.
 *
 * @param copies every copy of one key
 * @returns undefined when the copy is not due, so that deciding twice is harmless
 */
export function endDeletionWindow(copies: readonly KmsKey[], due: KmsKey, now: Instant): readonly KmsKey[] | undefined {
  if (due.state.kind !== 'PendingDeletion' || now < due.state.deletionDate) return undefined;
  return copies.filter((copy) => copy.region !== due.region).map((copy) => withoutReplica(copy, due, now));
}

function withoutReplica(copy: KmsKey, gone: KmsKey, now: Instant): KmsKey {
  if (copy.multiRegion === undefined) return copy;
  const replicaRegions = copy.multiRegion.replicaRegions.filter((region) => region !== gone.region);
  const remaining = { ...copy, multiRegion: { ...copy.multiRegion, replicaRegions } };
  const waited = copy.state.kind === 'PendingReplicaDeletion' && replicaRegions.length === 0;
  return waited && copy.state.kind === 'PendingReplicaDeletion'
    ? startDeletionWindow(remaining, copy.state.windowInDays, now)
    : remaining;
}
