import type { Tenancy } from '@keywarden/kernel';
import { type Queries, statement } from './statement';

const countIn = statement(
  'count_key_in',
  `INSERT INTO key_counts (account_id, region, customer_keys) SELECT $1, $2, 1 WHERE $3::integer >= 1
   ON CONFLICT (account_id, region) DO UPDATE SET customer_keys = key_counts.customer_keys + 1
     WHERE key_counts.customer_keys < $3
   RETURNING customer_keys`,
);

const countOut = statement(
  'count_key_out',
  'UPDATE key_counts SET customer_keys = customer_keys - 1 WHERE account_id = $1 AND region = $2',
);

const readCount = statement(
  'read_key_count',
  'SELECT customer_keys FROM key_counts WHERE account_id = $1 AND region = $2',
);

/** More than any account can have: for keys that are counted but not refused. */
export const noLimit = 2_147_483_647;

/**
 * Counts one more customer managed key, unless the account has `limit` of them in the Region. The row stays locked until
 * the end of the transaction, so simultaneous calls are counted one after the other.
 *
 * @returns undefined when it was counted, otherwise the number there is
 */
export async function countKeyIn(
  queries: Queries,
  { account, region }: Tenancy,
  limit: number,
): Promise<number | undefined> {
  const counted = await queries.query(countIn, [account, region, Math.min(limit, noLimit)]);
  if (counted.count === 1) return undefined;
  const { rows } = await queries.query<{ readonly customer_keys: number }>(readCount, [account, region]);
  return rows[0]?.customer_keys ?? 0;
}

export async function countKeyOut(queries: Queries, { account, region }: Tenancy): Promise<void> {
  await queries.query(countOut, [account, region]);
}
