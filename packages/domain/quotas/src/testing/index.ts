export { type RequestLimiterHarness, requestLimiterContract } from './request-limiter-contract';
export { type QuotaOverridesHarness, quotaOverridesContract } from './quota-overrides-contract';
