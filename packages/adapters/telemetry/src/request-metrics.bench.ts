import { Metrics, RequestMetrics, noTracing, openTelemetryTracing, silentLogger } from './index';

const metrics = new Metrics();
metrics.collectRuntime();
const requests = new RequestMetrics(metrics);
const succeeded = { service: 'kms', operation: 'Encrypt', errorType: undefined, durationMs: 0.7 };
const refused = { service: 'kms', operation: 'Decrypt', errorType: 'AccessDeniedException', durationMs: 0.3 };
const cache = metrics.counter({ name: 'bench_total', help: 'Bench.', labels: ['of'] }).with({ of: 'one' });
const idle = openTelemetryTracing();
const work = () => Promise.resolve(1);

/** Median of several rounds, in nanoseconds of processor time a call, whatever else the machine is busy with. */
function measure(name: string, call: () => unknown, calls = 200_000): void {
  const rounds = Array.from({ length: 9 }, () => {
    const before = process.cpuUsage();
    for (let index = 0; index < calls; index += 1) call();
    const { user, system } = process.cpuUsage(before);
    return ((user + system) * 1_000) / calls;
  }).sort((left, right) => left - right);
  process.stdout.write(`${name.padEnd(60)} ${(rounds[4] ?? 0).toFixed(0).padStart(6)} ns\n`);
}

measure('count and time a request that succeeded', () => requests.answered(succeeded));
measure('count and time a request that was refused', () => requests.answered(refused));
measure('add one to a counter', () => cache.add());
measure('a log line below the level', () => silentLogger.debug(succeeded, 'request'));
measure('a request without traces', () => noTracing.request([], work));
measure('the same over the API alone, no SDK loaded', () => idle.request([], work));

async function scrape(): Promise<void> {
  for (let operation = 0; operation < 60; operation += 1) {
    requests.answered({ ...succeeded, operation: `Operation${operation}` });
  }
  const before = process.cpuUsage();
  let bytes = 0;
  for (let round = 0; round < 20; round += 1) bytes = (await metrics.scrape()).text.length;
  const { user, system } = process.cpuUsage(before);
  const each = ((user + system) / 20_000).toFixed(1);
  process.stdout.write(`a scrape after requests of 60 operations: ${each} ms for ${bytes} bytes\n`);
}

void scrape();
