export { type RedisClient, RedisConnection, type RedisConnectionOptions, RedisUnavailable } from './redis-connection';
export { type RedisNode, type RedisTarget, RedisUrlError, parseRedisUrl } from './redis-url';
export { RedisStreamSender } from './redis-stream-sender';
