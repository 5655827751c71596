/** `npm run services`: Postgres and Redis without containers, until Ctrl-C. */
import { join } from 'node:path';
import { type RunningService, startKeptPostgres } from './run-postgres';
import { RedisServerMissing, startThrowawayRedis } from './run-redis';

async function main(): Promise<void> {
  const running: RunningService[] = [];
  const stopAll = async (exitCode: number): Promise<void> => {
    await Promise.all(running.splice(0).map((service) => service.stop()));
    process.exit(exitCode);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stopAll(0));
  const keepAlive = setInterval(() => undefined, 60_000);
  try {
    const postgres = await startKeptPostgres(join('data', 'services-postgres'));
    running.push(postgres);
    console.log(`DATABASE_URL=${postgres.url}`);
    const redis = await startThrowawayRedis();
    running.push(redis);
    console.log(`REDIS_URL=${redis.url}`);
  } catch (thrown) {
    if (!(thrown instanceof RedisServerMissing)) {
      console.error(thrown instanceof Error ? thrown.message : thrown);
      clearInterval(keepAlive);
      return stopAll(1);
    }
    console.error(`Without Redis: ${thrown.message}`);
  }
  console.error('Running; Ctrl-C stops.');
}

void main();
