import { type Instant, instant } from '@keywarden/kernel';
import type { KeyMaterialId } from './key-material';
import type { KmsKey } from './kms-key';

/** An instant at which something of a key is going to be destroyed by itself. */
export type Deadline =
  | { readonly kind: 'Deletion'; readonly at: Instant }
  | { readonly kind: 'Expiration'; readonly at: Instant; readonly materialId: KeyMaterialId };

/** A deadline that is this many whole days away, or less when the warning comes late. */
export type DeadlineWarning = Deadline & { readonly warningDays: number };

/** How many days before a deadline somebody is warned of it. */
export const defaultWarningDays: readonly number[] = [30, 7, 1];

export function deadlinesOf(key: KmsKey): readonly Deadline[] {
  const deadlines: Deadline[] = [];
  if (key.state.kind === 'PendingDeletion') deadlines.push({ kind: 'Deletion', at: key.state.deletionDate });
  for (const { id: materialId, wrapped, imported } of key.materials) {
    const at = imported?.validTo;
    if (wrapped !== undefined && at !== undefined) deadlines.push({ kind: 'Expiration', at, materialId });
  }
  return deadlines;
}

/**
 * When the next warning is to be given. Warnings whose instant had passed when the deadline was set are not given at all:
 * who asks for a window of seven days needs no warning that they have begun.
 *
 * @param after the instant up to which warnings were given, or were not owed
 * @returns undefined when no warning lies ahead
 */
export function nextWarning(key: KmsKey, after: Instant, warningDays: readonly number[]): Instant | undefined {
  const ahead = deadlinesOf(key)
    .flatMap(({ at }) => warningDays.map((count) => warningInstant(at, count)))
    .filter((at) => at > after);
  return ahead.sort((left, right) => left - right)[0];
}

/**
 * The warnings to give now: one for each deadline still ahead, the closest of those that have become due since.
 *
 * @param since the instant of the first warning that was not given yet; undefined when none is owed
 */
export function dueWarnings(
  key: KmsKey,
  since: Instant | undefined,
  now: Instant,
  warningDays: readonly number[],
): readonly DeadlineWarning[] {
  if (since === undefined) return [];
  return deadlinesOf(key).flatMap((deadline) => {
    const due = warningDays.filter((count) => {
      const at = warningInstant(deadline.at, count);
      return since <= at && at <= now && now < deadline.at;
    });
    return due.length === 0 ? [] : [{ ...deadline, warningDays: Math.min(...due) }];
  });
}

/** A date so long ago that no instant lies before it has its warning at the first instant there is. */
function warningInstant(deadline: Instant, count: number): Instant {
  return instant(Math.max(deadline - count * 86_400_000, -8.64e15));
}
