import type { Tenancy } from '@keywarden/kernel';
import type { KeyName, KmsKey } from '@keywarden/keys';
import { type KeyRow, keyOf } from './key-row';
import { findFamily, findKey, lockFamily, lockKey } from './key-statements';
import { ChangedMeanwhile } from './pg-errors';
import type { Queries } from './statement';

/**
 * Holds one copy of a key until the end of the transaction. It is read by a statement of its own after the lock was got:
 * the statement that waited for the lock would see the new row of the key, but the materials of before.
 *
 * @returns undefined when there is no such key in that account
 */
export async function holdKey(queries: Queries, name: Tenancy & KeyName): Promise<KmsKey | undefined> {
  const locked = await queries.query(lockKey, [name.region, name.id, name.account]);
  if (locked.count === 0) return undefined;
  const { rows } = await queries.query<KeyRow>(findKey, [name.region, name.id]);
  return rows[0] && keyOf(rows[0]);
}

/** The second look nearly always suffices: who adds a copy holds the others, and so do we after the first. */
const looks = 3;

/**
 * Holds all copies of a key, locked in the order of their Regions. A copy that was added while we waited is not locked:
 * then all are locked again.
 *
 * @returns sorted by Region; none when the named copy does not exist
 * @throws ChangedMeanwhile, which has the transaction run again, when copies are still being added
 */
export async function holdFamily(queries: Queries, name: Tenancy & KeyName): Promise<readonly KmsKey[]> {
  for (let look = 1; look <= looks; look += 1) {
    const locked = await queries.query<{ readonly region: string }>(lockFamily, [name.id, name.account]);
    const regions = new Set(locked.rows.map(({ region }) => region));
    if (!regions.has(name.region)) return [];
    const { rows } = await queries.query<KeyRow>(findFamily, [name.id, name.account]);
    if (rows.every(({ region }) => regions.has(region))) return rows.map(keyOf);
  }
  throw new ChangedMeanwhile('copies of the key were added');
}
