import type { Instant } from '@keywarden/kernel';
import { expireMaterials } from './import-material';
import type { KmsKey } from './kms-key';
import { finishReplica } from './multi-region';
import type { FamilyChange } from './repositories';
import { endDeletionWindow } from './schedule-key-deletion';

/**
 * What time does to one copy of a key without new material: ends its deletion window, expires imported material,
 * finishes a replica.
 *
 * @param copies every copy of the key
 * @param due the copy whose instant has come
 * @returns undefined when nothing is due (any more), so that deciding twice is harmless
 */
export function maintainKey(copies: readonly KmsKey[], due: KmsKey, now: Instant): FamilyChange | undefined {
  const others = endDeletionWindow(copies, due, now);
  if (others !== undefined) return { put: others, remove: [due] };
  const changed = finishReplica(expireMaterials(due, now), now);
  return changed === due ? undefined : { put: [changed], remove: [] };
}
