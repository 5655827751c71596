import type { PendingActs } from '@keywarden/audit';
import type { GroupCommitTrail } from './group-commit-trail';

/**
 * Brings acts of the service that were stored with their effect on record. An act is removed once its record is durable:
 * after a crash in between it is recorded again under the same event id.
 *
 * @returns how many came on record
 */
export async function recordPendingActs(
  acts: PendingActs,
  trail: Pick<GroupCommitTrail, 'recordAct'>,
  limit: number,
): Promise<number> {
  const pending = await acts.list(limit);
  if (pending.length === 0) return 0;
  await Promise.all(pending.map(({ key, act, eventId }) => trail.recordAct({ key, act }, eventId)));
  await acts.remove(pending.map(({ eventId }) => eventId));
  return pending.length;
}
