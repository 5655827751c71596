/**
 * `npm run bench`: speed, start-up and memory, as ratios to what the platform can do at all, measured in the same run on
 * loopback. `npm run bench -- signatures` measures the other keys; `--seconds 1` shortens every measurement.
 * `npm run bench -- stages` shows what an Encrypt costs by stage, beside the budget.
 * `npm run bench -- audit` shows what the audit trail costs a call, and how fast it is verified.
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
import { measureAudit } from './measure-audit';
import { measureCounting, measureQuotas } from './measure-quotas';
import { measureLookups } from './measure-lookups';
import { measureRevocations } from './revocations';
import { measureScale } from './measure-scale';
import { measureScheduler } from './measure-scheduler';
import { measureStages } from './measure-stages';
import { measureSlowOperations } from './slow-operations';
import { measureStartAndRest } from './start-and-rest';
import { measureTokenOperations } from './token-operations';

interface Settings {
  /** Of one measurement. */
  readonly seconds: number;
  readonly keys: number;
  readonly revocations: number;
  readonly records: number;
}

const parts: Readonly<Record<string, (settings: Settings) => Promise<void>>> = {
  'data-keys': async ({ seconds }) => {
    await withService(async (service, load) => {
      const table = await measureHotOperations(service, load, seconds);
      print('Data keys, 32 connections, beside a bare node:http echo', table);
    });
    print('Start and rest', await measureStartAndRest());
  },
  signatures: ({ seconds }) =>
    withService(async (service, load) => {
      print('Other operations, 32 connections', await measureSlowOperations(service, load, Math.min(seconds, 1.5)));
      print('Encrypt while RSA-4096 signs', await measureEncryptUnderLoad(service, load, seconds));
    }),
  stages: ({ seconds }) =>
    withService(async (service, load) => {
      print('Encrypt by stage', await measureStages(service, load, seconds));
    }),
  audit: async () => {
    print('The audit trail, 64 calls at once', await measureAudit());
  },
  lookups: async ({ records }) => {
    print(`LookupEvents: a page of fifty among ${records} records of ninety days`, await measureLookups(records));
  },
  quotas: async ({ seconds }) => {
    print('Request quotas', await measureQuotas(seconds));
    print('What counting costs', await measureCounting());
  },
  revocation: async ({ revocations }) => {
    print('DisableKey under load, asked of the other node at once after each', await measureRevocations(revocations));
  },
  scale: async ({ keys, seconds }) => {
    const { costs, memory } = await measureScale(keys, seconds);
    print('Cost of a call by the number of keys in the account, one connection', costs);
    print('Memory of an API node that holds 10,000 keys at most', memory);
  },
  scheduler: async ({ keys }) => {
    print(`One scheduler, ${keys} due keys: half to delete, half to rotate`, await measureScheduler(keys));
  },
  pkcs11: ({ seconds }) =>
    withLoad(async (load) => {
      print('Encrypt of 32 bytes, 32 connections, beside the token alone', await measureTokenOperations(load, seconds));
    }),
};

/** Parts that may take an hour, with many keys or records to make; no other takes longer than five minutes. */
const longParts: ReadonlySet<string> = new Set(['scale', 'revocation', 'scheduler', 'lookups']);

/** Each option with its least and greatest value. */
const ranges = {
  seconds: [0.5, 30],
  keys: [1_000, 10_000_000],
  revocations: [1, 1_000_000],
  records: [1_000, 100_000_000],
} as const satisfies Record<keyof Settings, readonly [number, number]>;

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
  const [name = 'data-keys', ...others] = positionals;
  const part = Object.hasOwn(parts, name) ? parts[name] : undefined;
  if (part === undefined || others.length > 0) throw new Error(usage());
  const settings = {
    seconds: numberIn('seconds', values.seconds),
    keys: wholeNumberIn('keys', values.keys),
    revocations: wholeNumberIn('revocations', values.revocations),
    records: wholeNumberIn('records', values.records),
  };
  endAfter(longParts.has(name) ? 3_600_000 : 300_000);
  console.log(
    `Node ${process.version}, ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores\n`,
  );
  await part(settings);
}

function usage(): string {
  const options = Object.entries(ranges).map(([option, [least, most]]) => `[--${option} ${least} to ${most}]`);
  return `usage: npm run bench -- [${Object.keys(parts).join(' | ')}] ${options.join(' ')}`;
}

function numberIn(option: keyof Settings, text: string): number {
  const [least, most] = ranges[option];
  const value = Number(text);
  if (!(value >= least && value <= most)) throw new Error(usage());
  return value;
}

function wholeNumberIn(option: keyof Settings, text: string): number {
  const value = numberIn(option, text);
  if (!Number.isInteger(value)) throw new Error(usage());
  return value;
}

async function withLoad(measure: (load: Load) => Promise<void>): Promise<void> {
  const load = new Load();
  try {
    await measure(load);
  } finally {
    load.close();
  }
}

async function withService(measure: (service: Keywarden, load: Load) => Promise<void>): Promise<void> {
  const service = await startServiceUnderTest();
  try {
    await withLoad((load) => measure(service, load));
  } finally {
    await service.stop();
  }
}

function print(title: string, table: string): void {
  console.log(`**${title}**\n\n${table}\n`);
}

/** Whatever hangs. */
function endAfter(milliseconds: number): void {
  setTimeout(() => {
    console.error(`the bench did not end within ${milliseconds / 1_000} s`);
    process.exit(1);
  }, milliseconds).unref();
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
