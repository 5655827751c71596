/** `npm run check`: everything CI holds us to. Goes on after a failure, so that one run reports them all. */
import { RedisServerMissing, startThrowawayPostgres, startThrowawayRedis } from '@keywarden/services';
import { testDatabaseVariable, testRedisVariable } from '@keywarden/services';
import { runStage, type Stage, type StageResult, stageTable } from './stage';
import { readingLanes, runningStages } from './stages';
import { closingLine, collectCounts, forgetCounts } from './test-counts';

async function reported(stage: Stage): Promise<StageResult> {
  const result = await runStage(stage);
  if (!result.ok) console.log(`\n──── ${result.name} ────\n${result.output.trimEnd()}\n`);
  console.log(`${result.name}: ${result.ok ? 'ok' : 'FAILED'} (${result.seconds.toFixed(1)} s)`);
  return result;
}

async function inTurn(stages: readonly Stage[]): Promise<StageResult[]> {
  const results: StageResult[] = [];
  for (const stage of stages) results.push(await reported(stage));
  return results;
}

/** One Postgres and one Redis for all integration tests; nx's children inherit their addresses. */
async function startTestServers(): Promise<() => Promise<void>> {
  const stops: (() => Promise<void>)[] = [];
  if (!process.env[testDatabaseVariable]) {
    const postgres = await startThrowawayPostgres();
    process.env[testDatabaseVariable] = postgres.url;
    stops.push(postgres.stop);
  }
  if (!process.env[testRedisVariable]) {
    try {
      const redis = await startThrowawayRedis();
      process.env[testRedisVariable] = redis.url;
      stops.push(redis.stop);
    } catch (thrown) {
      if (!(thrown instanceof RedisServerMissing)) throw thrown;
      console.log(thrown.message);
    }
  }
  return async () => void (await Promise.all(stops.map((stop) => stop())));
}

async function main(): Promise<number> {
  const root = process.cwd();
  forgetCounts(root);
  const read = (await Promise.all(readingLanes.map(inTurn))).flat();
  const stopServers = await startTestServers();
  const ran = await inTurn(runningStages).finally(stopServers);
  const results = [...read, ...ran];
  const counts = collectCounts(root);
  for (const run of counts.missing) console.log(`no test result: ${run}`);
  console.log(`\n${stageTable(results)}\n\n${closingLine(counts)}`);
  return results.every(({ ok }) => ok) && counts.failed === 0 && counts.passed > 0 ? 0 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
main().then(
  (exitCode) => process.exit(exitCode),
  (thrown: unknown) => {
    console.error(thrown);
    process.exit(1);
  },
);
