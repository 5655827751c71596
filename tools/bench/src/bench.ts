/**
 * `npm run bench`: speed, start-up and memory, as ratios to what the platform can do at all, measured in the same run on
 * loopback. `npm run bench -- signatures` measures the other keys; `--seconds 1` shortens every measurement.
 * `npm run bench -- stages` shows what an Encrypt costs by stage, beside the budget.
 * `npm run bench -- quotas` holds two nodes to a quota.
 * `npm run bench -- revocation --revocations 10000` times how long a revocation takes to reach two nodes.
 * `npm run bench -- scale --keys 1000000` compares an account with many keys to one with a thousand.
 * `npm run bench -- lookups --records 10000000` looks records of the audit trail up.
 * `npm run bench -- scheduler --keys 100000` measures the scheduler when so many keys are due at once.
 */
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { Keywarden } from '@keywarden/harness';
import { measureEncryptUnderLoad } from './encrypt-under-load';
import { measureHotOperations } from './hot-operations';
import { Load } from './load';
import { startServiceUnderTest } from './service-under-test';
import { measureCounting, measureQuotas } from './measure-quotas';
import { measureLookups } from './measure-lookups';
import { measureRevocations } from './revocations';
import { measureScale } from './measure-scale';
import { measureScheduler } from './measure-scheduler';
import { measureStages } from './measure-stages';
import { measureSlowOperations } from './slow-operations';
import { measureStartAndRest } from './start-and-rest';
import { measureTokenOperations } from './token-operations';

/** No run takes longer, whatever hangs; one with many keys to make or revoke may take an hour. */
const longestRunMs = process.argv.some((argument) => ['scale', 'revocation', 'scheduler', 'lookups'].includes(argument))
  ? 3_600_000
  : 300_000;

const parts = [
  'data-keys',
  'stages',
  'signatures',
  'scale',
  'quotas',
  'revocation',
  'scheduler',
  'lookups',
  'pkcs11',
  'all',
];

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      seconds: { type: 'string', default: '3' },
      keys: { type: 'string', default: '100000' },
      revocations: { type: 'string', default: '500' },
      records: { type: 'string', default: '1000000' },
    },
    allowPositionals: true,
  });
  const seconds = Number(values.seconds);
  const [part = 'data-keys'] = positionals;
  const keys = Number(values.keys);
  const records = Number(values.records);
  const sensibleRecords = Number.isInteger(records) && records >= 1_000 && records <= 100_000_000;
  const revocations = Number(values.revocations);
  const sensibleRevocations = Number.isInteger(revocations) && revocations >= 1 && revocations <= 1_000_000;
  const sensible = seconds >= 0.5 && seconds <= 30 && Number.isInteger(keys) && keys >= 1_000 && keys <= 10_000_000;
  if (!sensible || !sensibleRevocations || !sensibleRecords || !parts.includes(part)) {
    throw new Error(
      `usage: npm run bench -- [${parts.join(' | ')}] [--seconds 0.5 to 30] [--keys 1000 to 10000000] [--revocations 1 to 1000000] [--records 1000 to 100000000]`,
    );
  }
  const machine = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores`;
  console.log(`Node ${process.version}, ${machine}\n`);
  if (part === 'lookups') {
    print(`LookupEvents: a page of fifty among ${records} records of ninety days`, await measureLookups(records));
    return;
  }
  if (part === 'stages') {
    await withService(async (service, load) => {
      print('Encrypt by stage', await measureStages(service, load, seconds));
    });
    return;
  }
  if (part === 'revocation') {
    print('DisableKey under load, asked of the other node at once after each', await measureRevocations(revocations));
    return;
  }
  if (part === 'pkcs11') {
    const load = new Load();
    try {
      print('Encrypt of 32 bytes, 32 connections, beside the token alone', await measureTokenOperations(load, seconds));
    } finally {
      load.close();
    }
    return;
  }
  if (part === 'scale') {
    const { costs, memory } = await measureScale(keys, seconds);
    print('Cost of a call by the number of keys in the account, one connection', costs);
    print('Memory of an API node that holds 10,000 keys at most', memory);
    return;
  }
  if (part === 'quotas') {
    print('Request quotas', await measureQuotas(seconds));
    print('What counting costs', await measureCounting());
    return;
  }
  if (part === 'scheduler') {
    print(`One scheduler, ${keys} due keys: half to delete, half to rotate`, await measureScheduler(keys));
    return;
  }
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
