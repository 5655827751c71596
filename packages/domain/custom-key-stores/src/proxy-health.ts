import type { Instant } from '@keywarden/kernel';
import type { CustomKeyStore, CustomKeyStoreName } from './custom-key-store';
import type { StoreCall, StoreInUse } from './ports';
import type { StoreFailureCause } from './refusals';

/** What an XKS proxy said of the external key managers behind it, or why it said nothing. */
export interface HealthReport {
  /** How many there are in each state; none when the proxy did not say. */
  readonly managers: { readonly active: number; readonly degraded: number; readonly unavailable: number };
  readonly failure?: StoreFailureCause;
  /** When the proxy's TLS certificate ends, if one was seen. */
  readonly certificateExpiresAt?: Instant;
}

export const noManagers: HealthReport['managers'] = { active: 0, degraded: 0, unavailable: 0 };

/** Best first. */
export const proxyConditions = ['healthy', 'degraded', 'unavailable', 'failing'] as const;

/** How it stands with a proxy, in one word. */
export type ProxyCondition = (typeof proxyConditions)[number];

/** One key manager that works is enough to work with the store, but somebody should look after the others. */
export function conditionOf({ managers: { active, degraded, unavailable }, failure }: HealthReport): ProxyCondition {
  if (failure !== undefined) return 'failing';
  if (active + degraded === 0) return 'unavailable';
  return degraded + unavailable > 0 ? 'degraded' : 'healthy';
}

/** Asks proxies how they are (GetHealthStatus). */
export interface ProxyHealth {
  /** No answer is a report too. Has a deadline. */
  check(use: StoreInUse, call: StoreCall): Promise<HealthReport>;
}

/** What the last look at a proxy found. */
export interface ProxyCheck {
  readonly store: CustomKeyStoreName;
  readonly checkedAt: Instant;
  readonly report: HealthReport;
}

/** A store whose proxy a node is to look at, and how the last look found it; absent for the first. */
export interface ClaimedProxy {
  readonly store: CustomKeyStore;
  readonly before?: ProxyCondition;
}

/** Of the stores with a proxy that are CONNECTED. */
export interface ProxySummary {
  readonly conditions: Readonly<Record<ProxyCondition, number>>;
  /** How many of them nobody has looked at lately. */
  readonly unchecked: number;
}

/**
 * When the proxies of CONNECTED external key stores are looked at, by whichever node comes first, and what was found. What
 * was found belongs to the connection: it is forgotten when the store is disconnected.
 */
export interface ProxyChecks {
  /**
   * Claims stores whose proxies are to be looked at; no other node gets them before the lease is over.
   *
   * @param leaseMs 1,000 to 600,000
   * @param limit 1 to 1,000
   */
  claim(now: Instant, leaseMs: number, limit: number): Promise<readonly ClaimedProxy[]>;

  /** Keeps what was found; the proxy is looked at again at `next`. Of a store that is not CONNECTED nothing is kept. */
  record(check: ProxyCheck, next: Instant): Promise<void>;

  /** Those in trouble first, then those whose certificates end first. @param limit 1 to 1,000 */
  latest(limit: number): Promise<readonly ProxyCheck[]>;

  /** @param since who was looked at before counts as unchecked */
  summary(since: Instant): Promise<ProxySummary>;
}
