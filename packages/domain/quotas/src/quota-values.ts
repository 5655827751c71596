import { type Region, type Tenancy, type Result, accept, refuse } from '@keywarden/kernel';
import type { Rate } from './gcra';
import { type RequestQuotaName, defaultRequestRate, isRequestQuota, requestQuotaNames } from './request-quotas';
import { type ResourceQuotaName, isResourceQuota, mostOf, resourceQuotas } from './resource-quotas';

export type QuotaName = RequestQuotaName | ResourceQuotaName;

/** A value an operator gave one account in one Region instead of the default. */
export interface QuotaOverride extends Tenancy {
  readonly quota: QuotaName;
  /** Requests per second, down to a thousandth, or a number of things. */
  readonly value: number;
}

export type QuotaRefusal =
  | { readonly code: 'QuotaUnknown'; readonly quota: string }
  | { readonly code: 'QuotaFixed'; readonly quota: QuotaName }
  | { readonly code: 'QuotaValueNotValid'; readonly quota: QuotaName; readonly most: number };

const fastestRate = 10_000_000;
const slowestRate = 0.001;

/** Checks what an operator asks for. */
export function quotaOverride(tenancy: Tenancy, name: string, value: number): Result<QuotaOverride, QuotaRefusal> {
  const { account, region } = tenancy;
  if (isRequestQuota(name)) {
    const thousandths = value * 1_000;
    const fine = Math.abs(thousandths - Math.round(thousandths)) < 1e-6;
    if (!fine || !(value >= slowestRate && value <= fastestRate)) {
      return refuse({ code: 'QuotaValueNotValid', quota: name, most: fastestRate });
    }
    return accept({ account, region, quota: name, value });
  }
  if (!isResourceQuota(name)) return refuse({ code: 'QuotaUnknown', quota: name });
  const most = mostOf(name);
  if (most === undefined) return refuse({ code: 'QuotaFixed', quota: name });
  if (!Number.isInteger(value) || value < 0 || value > most) {
    return refuse({ code: 'QuotaValueNotValid', quota: name, most });
  }
  return accept({ account, region, quota: name, value });
}

/** One second's worth of requests may come at once, and at least one. */
export function rateOf(perSecond: number): Rate {
  return { perSecond, burst: Math.max(1, Math.floor(perSecond)) };
}

/** Names one bucket, or one resource quota, of one account in one Region. */
export function quotaKey({ account, region }: Tenancy, quota: QuotaName): string {
  return `${account}/${region}/${quota}`;
}

export interface QuotaDefaults {
  /** Customer managed keys of an account in a Region. */
  readonly keys?: number;
}

/** Asked for the number of things there may be. */
export interface ResourceQuotas {
  resource(tenancy: Tenancy, quota: ResourceQuotaName): number;
}

/** The quotas in force: the defaults, and what operators set instead for single accounts. */
export class QuotaValues implements ResourceQuotas {
  #rates: ReadonlyMap<string, Rate> = new Map();
  #resources: ReadonlyMap<string, number> = new Map();
  readonly #defaults = new Map<Region, ReadonlyMap<RequestQuotaName, Rate>>();

  constructor(private readonly defaults: QuotaDefaults = {}) {}

  /** Takes all overrides there are, in place of those before. */
  replace(overrides: readonly QuotaOverride[]): void {
    const rates = new Map<string, Rate>();
    const resources = new Map<string, number>();
    for (const override of overrides) {
      const key = quotaKey(override, override.quota);
      if (isRequestQuota(override.quota)) rates.set(key, rateOf(override.value));
      else resources.set(key, override.value);
    }
    this.#rates = rates;
    this.#resources = resources;
  }

  /** @param key that of the quota in its account and Region, which callers have at hand */
  rate(key: string, region: Region, quota: RequestQuotaName): Rate {
    return this.#rates.get(key) ?? this.#defaultRate(region, quota);
  }

  resource(tenancy: Tenancy, quota: ResourceQuotaName): number {
    const set = this.#resources.size === 0 ? undefined : this.#resources.get(quotaKey(tenancy, quota));
    return set ?? (quota === 'keys' ? this.defaults.keys : undefined) ?? resourceQuotas[quota].value;
  }

  #defaultRate(region: Region, quota: RequestQuotaName): Rate {
    let rates = this.#defaults.get(region);
    if (rates === undefined) {
      rates = new Map(requestQuotaNames.map((name) => [name, rateOf(defaultRequestRate(name, region))]));
      // INVARIANT: only Regions this deployment serves are asked for, so that this map is bounded.
      this.#defaults.set(region, rates);
    }
    const rate = rates.get(quota);
    if (rate === undefined) throw new Error(`no request quota ${quota}`);
    return rate;
  }
}
