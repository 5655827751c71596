import type { Keywarden } from '@keywarden/harness';
import { openPostgres } from '@keywarden/postgres';
import { startThrowawayPostgres } from '@keywarden/services';
import { type Stage, encryptStages } from './encrypt-stages';
import { encryptBesideEcho } from './hot-operations';
import type { Load } from './load';
import { figure, markdownTable } from './statistics';

/** Calls under way at once, as on a node at full load. */
const atOnce = 32;
const calls = 4_000;
const rounds = 25;

/**
 * What an Encrypt costs by stage, each measured alone, beside the budget, and what a running service takes for the whole.
 *
 * @returns a table of processor time in microseconds
 */
export async function measureStages(service: Keywarden, load: Load, seconds: number): Promise<string> {
  const costs = await stageCosts();
  const { ownMicros, echoMicros } = await encryptBesideEcho(service, load, seconds);
  const sum = costs.reduce((total, { micros }) => total + micros, 0);
  const budget = costs.reduce((total, { stage }) => total + stage.budgetMicros, 0);
  const rows = costs.map(({ stage, micros }) => [stage.name, figure(stage.budgetMicros), figure(micros)]);
  rows.push(
    ['all stages', figure(budget), figure(sum)],
    ['bare node:http echo', '', figure(echoMicros)],
    ['everything else', '', figure(ownMicros - echoMicros - sum)],
    ['Encrypt, from a running service', '', figure(ownMicros)],
  );
  return markdownTable(['stage', 'budget µs', 'CPU µs'], rows);
}

interface Cost {
  readonly stage: Stage;
  readonly micros: number;
}

/** In turns, the best of all rounds of each, so that other work on the machine shows as little as can be. */
async function stageCosts(): Promise<readonly Cost[]> {
  const postgres = await startThrowawayPostgres();
  const store = openPostgres({ url: postgres.url });
  try {
    await store.migrate();
    const stages = await encryptStages(store);
    for (const stage of stages) await checkOnce(stage);
    const best = stages.map(() => Infinity);
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, { work }] of stages.entries()) {
        best[index] = Math.min(best[index] ?? Infinity, await cpuMicros(work));
      }
    }
    return stages.map((stage, index) => ({ stage, micros: best[index] ?? NaN }));
  } finally {
    await store.close();
    await postgres.stop();
  }
}

/** What is refused is not what is to be measured. */
async function checkOnce({ name, work }: Stage): Promise<void> {
  const result = await work();
  const refused = result === false || (typeof result === 'object' && result !== null && 'ok' in result && !result.ok);
  if (refused) throw new Error(`${name} is refused: ${JSON.stringify(result)}`);
}

async function cpuMicros(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  for (let done = 0; done < calls; done += atOnce) {
    const pending: unknown[] = [];
    for (let call = 0; call < atOnce; call += 1) {
      const result = work();
      if (result instanceof Promise) pending.push(result);
    }
    if (pending.length > 0) await Promise.all(pending);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}
