/**
 * `npm run bench`: speed, start-up and memory, as ratios to what the platform can do at all, measured in the same run on
 * loopback. `npm run bench -- signatures` measures the other keys; `--seconds 1` shortens every measurement.
 */
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { Keywarden } from '@keywarden/harness';
import { measureEncryptUnderLoad } from './encrypt-under-load';
import { measureHotOperations } from './hot-operations';
import { Load } from './load';
import { startServiceUnderTest } from './service-under-test';
import { measureSlowOperations } from './slow-operations';
import { measureStartAndRest } from './start-and-rest';

/** No run takes longer, whatever hangs. */
const longestRunMs = 300_000;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { seconds: { type: 'string', default: '3' } },
    allowPositionals: true,
  });
  const seconds = Number(values.seconds);
  const [part = 'data-keys'] = positionals;
  if (!(seconds >= 0.5 && seconds <= 30) || !['data-keys', 'signatures', 'all'].includes(part)) {
    throw new Error('usage: npm run bench -- [data-keys | signatures | all] [--seconds 0.5 to 30]');
  }
  const machine = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores`;
  console.log(`Node ${process.version}, ${machine}\n`);
  if (part !== 'signatures') {
    await withService(async (service, load) => {
      print(
        'Data keys, 32 connections, beside a bare node:http echo',
        await measureHotOperations(service, load, seconds),
      );
    });
    print('Start and rest', await measureStartAndRest());
  }
  if (part !== 'data-keys') {
    await withService(async (service, load) => {
      print('Other operations, 32 connections', await measureSlowOperations(service, load, Math.min(seconds, 1.5)));
      print('Encrypt while RSA-4096 signs', await measureEncryptUnderLoad(service, load, seconds));
    });
  }
}

async function withService(measure: (service: Keywarden, load: Load) => Promise<void>): Promise<void> {
  const service = await startServiceUnderTest();
  const load = new Load();
  try {
    await measure(service, load);
  } finally {
    load.close();
    await service.stop();
  }
}

function print(title: string, table: string): void {
  console.log(`**${title}**\n\n${table}\n`);
}

setTimeout(() => {
  console.error(`the bench did not end within ${longestRunMs / 1_000} s`);
  process.exit(1);
}, longestRunMs).unref();

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
