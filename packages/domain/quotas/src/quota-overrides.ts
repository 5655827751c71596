import type { Tenancy } from '@keywarden/kernel';
import type { QuotaName, QuotaOverride } from './quota-values';

/** Stores what operators set; each change is announced to all nodes with it. */
export interface QuotaOverrides {
  /** All there are, sorted by account, Region and quota. */
  list(): Promise<readonly QuotaOverride[]>;

  /** In place of the value set before, if any. */
  set(override: QuotaOverride): Promise<void>;

  /** Back to the default. @returns false when it is that already */
  reset(tenancy: Tenancy, quota: QuotaName): Promise<boolean>;
}
