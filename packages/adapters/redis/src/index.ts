export { type LeasingCounts, LeasingLimiter, type LeasingOptions } from './leasing-limiter';
export { type Grant, RedisTokens, type TokenSource } from './redis-tokens';
export { SharedLimiter, type SharedLimiterOptions } from './shared-limiter';
export { type RedisClient, RedisConnection, type RedisConnectionOptions, RedisUnavailable } from './redis-connection';
export { type RedisNode, type RedisTarget, RedisUrlError, parseRedisUrl } from './redis-url';
export { RedisStreamSender } from './redis-stream-sender';
