import type { AuditArchive } from '@keywarden/audit';
import { type Instant, plusMilliseconds } from '@keywarden/kernel';
import type { Checkpointer } from './checkpointer';

const dayMs = 86_400_000;

export interface RetentionReport {
  /** The first instant that stays; undefined when nothing was old enough. */
  readonly before: Instant | undefined;
  readonly daysRemoved: number;
}

/**
 * Removes whole days of records that are older than so many days. A checkpoint states what goes before it goes, so that
 * what stays can be checked, and nobody can pass a removal of their own off as this one.
 *
 * @param days at least 1
 */
export async function retain(
  archive: AuditArchive,
  checkpointer: Checkpointer,
  now: Instant,
  days: number,
): Promise<RetentionReport> {
  if (!Number.isInteger(days) || days < 1) throw new RangeError(`days must be a whole number from 1 on, not ${days}`);
  const cut = await archive.cutBefore(plusMilliseconds(now, -days * dayMs));
  if (cut === undefined) return { before: undefined, daysRemoved: 0 };
  await checkpointer.cut(cut);
  return { before: cut.before, daysRemoved: await archive.drop(cut) };
}
