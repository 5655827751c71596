export { type RequestLimiterHarness, requestLimiterContract } from './request-limiter-contract';
