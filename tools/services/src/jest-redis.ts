import { keepForTeardown } from './jest-teardown';
import { startThrowawayRedis } from './run-redis';
import { testRedisVariable } from './test-environment';

/** Jest `globalSetup`: one Redis for the run, unless somebody brought one. */
export default async function startRedisForTests(): Promise<void> {
  if (process.env[testRedisVariable]) return;
  const redis = await startThrowawayRedis();
  process.env[testRedisVariable] = redis.url;
  keepForTeardown(async () => {
    delete process.env[testRedisVariable];
    await redis.stop();
  });
}
