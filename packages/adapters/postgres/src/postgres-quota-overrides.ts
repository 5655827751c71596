import { type Result, type Tenancy, accept, parseAccountId, parseRegion, refuse } from '@keywarden/kernel';
import {
  type QuotaName,
  type QuotaOverride,
  type QuotaOverrides,
  isRequestQuota,
  isResourceQuota,
} from '@keywarden/quotas';
import { announce } from './announced-changes';
import { corrupt } from './corrupt-row';
import type { Database } from './database';
import { statement } from './statement';

interface OverrideRow {
  readonly account_id: string;
  readonly region: string;
  readonly quota: string;
  readonly value: number;
}

const listOverrides = statement(
  'list_quota_overrides',
  'SELECT account_id, region, quota, value FROM quota_overrides ORDER BY account_id, region, quota',
);
const setOverride = statement(
  'set_quota_override',
  `INSERT INTO quota_overrides (account_id, region, quota, value) VALUES ($1, $2, $3, $4)
   ON CONFLICT (account_id, region, quota) DO UPDATE SET value = excluded.value`,
);
const resetOverride = statement(
  'reset_quota_override',
  'DELETE FROM quota_overrides WHERE account_id = $1 AND region = $2 AND quota = $3',
);

/** What operators set, in the table `quota_overrides`. */
export class PostgresQuotaOverrides implements QuotaOverrides {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async list(): Promise<readonly QuotaOverride[]> {
    const { rows } = await this.#database.query<OverrideRow>(listOverrides, []);
    return rows.flatMap(overridesOf);
  }

  async set({ account, region, quota, value }: QuotaOverride): Promise<void> {
    await this.#database.transaction<void, never>(async (queries) => {
      await queries.query(setOverride, [account, region, quota, value]);
      await announce(queries, [{ kind: 'quotas' }]);
      return accept(undefined);
    });
  }

  async reset({ account, region }: Tenancy, quota: QuotaName): Promise<boolean> {
    const removed = await this.#database.transaction(async (queries): Promise<Result<void, 'NotSet'>> => {
      const { count } = await queries.query(resetOverride, [account, region, quota]);
      if (count === 0) return refuse('NotSet');
      await announce(queries, [{ kind: 'quotas' }]);
      return accept(undefined);
    });
    return removed.ok;
  }
}

/** Of a quota that a newer release knows there is nothing to hold to. */
function overridesOf({ account_id, region, quota, value }: OverrideRow): readonly QuotaOverride[] {
  if (!isRequestQuota(quota) && !isResourceQuota(quota)) return [];
  const account = parseAccountId(account_id) ?? corrupt('account_id');
  return [{ account, region: parseRegion(region) ?? corrupt('region'), quota, value }];
}
