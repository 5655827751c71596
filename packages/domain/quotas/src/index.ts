export { type Rate, type Spending, spend } from './gcra';
export {
  type RequestQuotaName,
  defaultRequestRate,
  isRequestQuota,
  requestQuotaNames,
  requestQuotas,
} from './request-quotas';
export {
  type Charge,
  type ChargeRule,
  type MeteredOperation,
  chargeRules,
  chargesElsewhere,
  keySpecQuotas,
  pairQuota,
  unattributedQuota,
} from './request-charges';
export { type ResourceQuotaName, isResourceQuota, mostOf, resourceQuotaNames, resourceQuotas } from './resource-quotas';
export {
  type QuotaDefaults,
  type QuotaName,
  type QuotaOverride,
  type QuotaRefusal,
  QuotaValues,
  type ResourceQuotas,
  quotaKey,
  quotaOverride,
  rateOf,
} from './quota-values';
export type { QuotaOverrides } from './quota-overrides';
export { LocalLimiter, type MonotonicClock, type RequestLimiter } from './limiter';
export {
  type Admitted,
  type MeteredCommand,
  type MeteredKey,
  RequestAdmission,
  RequestQuotas,
} from './request-admission';
export { addressGroup } from './address-group';
export { AddressLimiter, type AddressLimits, defaultAddressFailures } from './address-limiter';
