import {
  type ClaimedProxy,
  type ProxyCheck,
  type ProxyChecks,
  type ProxyCondition,
  type ProxySummary,
  type StoreFailureCause,
  conditionOf,
  proxyConditions,
} from '@keywarden/custom-key-stores';
import { type Instant, instant, parseCustomKeyStoreId } from '@keywarden/kernel';
import { corrupt } from './corrupt-row';
import { type CustomKeyStoreRow, customKeyStoreColumns, customKeyStoreOf } from './custom-key-store-row';
import type { Database } from './database';
import { tenancyOf } from './key-row';
import { type Queries, statement } from './statement';

const connected = "s.type = 'EXTERNAL_KEY_STORE' AND s.connection_state = 'CONNECTED'";

/** Whoever changes one of the stores right now is not waited for: its turn comes with the next look. */
const claim = statement(
  'claim_proxy_checks',
  `WITH due AS (
     SELECT s.id FROM custom_key_stores s LEFT JOIN xks_proxy_checks c ON c.custom_key_store_id = s.id
     WHERE ${connected} AND (c.due_at IS NULL OR c.due_at <= $1::bigint)
     ORDER BY c.due_at NULLS FIRST, s.id LIMIT $3 FOR NO KEY UPDATE OF s SKIP LOCKED),
   claimed AS (
     INSERT INTO xks_proxy_checks AS c (custom_key_store_id, due_at) SELECT id, $1::bigint + $2::bigint FROM due
     ON CONFLICT (custom_key_store_id) DO UPDATE SET due_at = excluded.due_at WHERE c.due_at <= $1::bigint
     RETURNING c.custom_key_store_id, c.condition)
   SELECT ${customKeyStoreColumns}, condition FROM claimed JOIN custom_key_stores ON id = custom_key_store_id ORDER BY id`,
);
const record = statement(
  'record_proxy_check',
  `UPDATE xks_proxy_checks SET due_at = $2, checked_at = $3, condition = $4, failure = $5, active = $6, degraded = $7,
     unavailable = $8, certificate_expires_at = $9
   WHERE custom_key_store_id = $1`,
);
const latest = statement(
  'latest_proxy_checks',
  `SELECT s.id, s.account_id, s.region, c.checked_at, c.failure, c.active, c.degraded, c.unavailable,
     c.certificate_expires_at
   FROM xks_proxy_checks c JOIN custom_key_stores s ON s.id = c.custom_key_store_id
   WHERE ${connected} AND c.checked_at IS NOT NULL
   ORDER BY array_position(ARRAY['failing', 'unavailable', 'degraded'], c.condition) NULLS LAST,
     c.certificate_expires_at NULLS LAST, s.id LIMIT $1`,
);
const summary = statement(
  'summary_of_proxy_checks',
  `SELECT c.condition, count(*)::int AS stores,
     count(*) FILTER (WHERE c.checked_at IS NULL OR c.checked_at < $1)::int AS unchecked
   FROM custom_key_stores s LEFT JOIN xks_proxy_checks c ON c.custom_key_store_id = s.id
   WHERE ${connected} GROUP BY c.condition`,
);
const forget = statement('forget_proxy_checks', 'DELETE FROM xks_proxy_checks WHERE custom_key_store_id = $1');

interface CheckRow {
  readonly id: string;
  readonly account_id: string;
  readonly region: string;
  readonly checked_at: number;
  readonly failure: string | null;
  readonly active: number;
  readonly degraded: number;
  readonly unavailable: number;
  readonly certificate_expires_at: number | null;
}

interface SummaryRow {
  readonly condition: ProxyCondition | null;
  readonly stores: number;
  readonly unchecked: number;
}

/** Looks at XKS proxies, in the table `xks_proxy_checks`. */
export class PostgresProxyChecks implements ProxyChecks {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async claim(now: Instant, leaseMs: number, limit: number): Promise<readonly ClaimedProxy[]> {
    type Row = CustomKeyStoreRow & { readonly condition: ProxyCondition | null };
    const { rows } = await this.#database.query<Row>(claim, [now, leaseMs, limit]);
    return rows.map((row) => ({
      store: customKeyStoreOf(row),
      ...(row.condition !== null && { before: row.condition }),
    }));
  }

  async record({ store, checkedAt, report }: ProxyCheck, next: Instant): Promise<void> {
    const { managers, failure = null, certificateExpiresAt = null } = report;
    const { active, degraded, unavailable } = managers;
    const found = [conditionOf(report), failure, active, degraded, unavailable, certificateExpiresAt];
    await this.#database.query(record, [store.id, next, checkedAt, ...found]);
  }

  async latest(limit: number): Promise<readonly ProxyCheck[]> {
    const { rows } = await this.#database.query<CheckRow>(latest, [limit]);
    return rows.map((row) => ({
      store: { ...tenancyOf(row), id: parseCustomKeyStoreId(row.id) ?? corrupt('id') },
      checkedAt: instant(row.checked_at),
      report: {
        managers: { active: row.active, degraded: row.degraded, unavailable: row.unavailable },
        ...(row.failure !== null && { failure: row.failure as StoreFailureCause }),
        ...(row.certificate_expires_at !== null && { certificateExpiresAt: instant(row.certificate_expires_at) }),
      },
    }));
  }

  async summary(since: Instant): Promise<ProxySummary> {
    const { rows } = await this.#database.query<SummaryRow>(summary, [since]);
    const inCondition = (wanted: ProxyCondition): number =>
      rows.find(({ condition }) => condition === wanted)?.stores ?? 0;
    const conditions = Object.fromEntries(proxyConditions.map((condition) => [condition, inCondition(condition)]));
    return {
      conditions: conditions as ProxySummary['conditions'],
      unchecked: rows.reduce((sum, { unchecked }) => sum + unchecked, 0),
    };
  }
}

/** In the transaction that ends the connection of a store: what was found belongs to it. */
export async function forgetProxyCheck(queries: Queries, storeId: string): Promise<void> {
  await queries.query(forget, [storeId]);
}
