export { copyClusterTemplate } from './cluster-template';
export { type RunningService, startKeptPostgres, startThrowawayPostgres } from './run-postgres';
export { RedisServerMissing, type RunningRedis, type ThrowawayRedisOptions, startThrowawayRedis } from './run-redis';
export { createTestDatabase, type TestDatabase } from './test-database';
export { requiredServer, testDatabaseVariable, testRedisVariable } from './test-environment';
export { TcpProxy } from './tcp-proxy';
