import type { OrphanedKey, OrphanedKeys } from '@keywarden/custom-key-stores';
import { type Instant, instant, parseCustomKeyStoreId, parseKeyId } from '@keywarden/kernel';
import { corrupt } from './corrupt-row';
import type { Database } from './database';
import { tenancyOf } from './key-row';
import { statement } from './statement';

const due = statement(
  'due_orphaned_keys',
  `SELECT region, key_id, account_id, custom_key_store_id, cluster_id, deleted_at, attempts
   FROM orphaned_token_keys WHERE retry_at <= $1 ORDER BY retry_at LIMIT $2`,
);
const forget = statement('forget_orphaned_key', 'DELETE FROM orphaned_token_keys WHERE region = $1 AND key_id = $2');
const postpone = statement(
  'postpone_orphaned_key',
  'UPDATE orphaned_token_keys SET retry_at = $3, attempts = attempts + 1 WHERE region = $1 AND key_id = $2',
);

interface OrphanRow {
  readonly region: string;
  readonly key_id: string;
  readonly account_id: string;
  readonly custom_key_store_id: string;
  readonly cluster_id: string;
  readonly deleted_at: number;
  readonly attempts: number;
}

/** Keys left behind in tokens, in the table `orphaned_token_keys`. */
export class PostgresOrphanedKeys implements OrphanedKeys {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async due(now: Instant, limit: number): Promise<readonly OrphanedKey[]> {
    const { rows } = await this.#database.query<OrphanRow>(due, [now, limit]);
    return rows.map((row) => ({
      ...tenancyOf(row),
      keyId: parseKeyId(row.key_id) ?? corrupt('key_id'),
      storeId: parseCustomKeyStoreId(row.custom_key_store_id) ?? corrupt('custom_key_store_id'),
      clusterId: row.cluster_id,
      deletedAt: instant(row.deleted_at),
      attempts: row.attempts,
    }));
  }

  async forget({ region, keyId }: Pick<OrphanedKey, 'region' | 'keyId'>): Promise<void> {
    await this.#database.query(forget, [region, keyId]);
  }

  async postpone({ region, keyId }: Pick<OrphanedKey, 'region' | 'keyId'>, until: Instant): Promise<void> {
    await this.#database.query(postpone, [region, keyId, until]);
  }
}
