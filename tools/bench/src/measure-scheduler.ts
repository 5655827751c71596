import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfiguration } from '@keywarden/config';
import { createKey, planKey } from '@keywarden/keys';
import { instant, parseAccountId, parseKeyId, parseRegion } from '@keywarden/kernel';
import { KeyMaintenance } from '@keywarden/maintenance';
import { NodeMaterialFactory, SlowWork } from '@keywarden/node-crypto';
import { openFoundation } from '@keywarden/runtime';
import { startKeptPostgres } from '@keywarden/services';
import { silentLogger } from '@keywarden/telemetry';
import { makeKeysDue } from './due-keys';
import { figure, markdownTable } from './statistics';

const account = parseAccountId('111122223333')!;
const region = parseRegion('eu-central-1')!;
const id = parseKeyId('ffffffff-0000-4000-8000-000000000000')!;
const clock = { now: () => instant(Date.now()) };
/** Parts of the work that are measured one by one: were it not flat, the last would be the slowest and the largest. */
const parts = 5;
const mebibyte = 1_048_576;

/**
 * One scheduler at so many due keys, half of them to be deleted and half to be rotated, on a Postgres that flushes.
 *
 * @returns a table of time and memory by share of the work done
 */
export async function measureScheduler(keys: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'keywarden-bench-'));
  const postgres = await startKeptPostgres(join(folder, 'postgres'));
  const settings = readConfiguration({ KEYWARDEN_DATA_DIR: folder });
  const foundation = await openFoundation(settings, postgres.url, 'keywarden-bench', silentLogger);
  const { store, domainKeys } = foundation;
  const slowWork = new SlowWork();
  try {
    const materials = new NodeMaterialFactory(domainKeys, slowWork);
    const model = await aKey(materials);
    await store.keys.insert(model, keys * 2);
    await makeKeysDue(store.keys, postgres.url, model, keys, clock.now());
    const failures: unknown[] = [];
    const options = {
      batch: 200,
      parallel: 8,
      leaseMs: 60_000,
      backOff: { firstMs: 60_000, mostMs: 3_600_000 },
      maxClockDifferenceMs: 60_000,
    };
    const maintenance = new KeyMaintenance(store.dueKeys, store.keys, materials, clock, options, (_, fault) =>
      failures.push(fault),
    );
    const rows: string[][] = [];
    let done = 0;
    let begun = performance.now();
    const wholeBegun = begun;
    for (let report = { done: 0, more: true }; report.more;) {
      report = await maintenance.tick();
      done += report.done;
      if (done < ((rows.length + 1) * keys) / parts) continue;
      const seconds = (performance.now() - begun) / 1_000;
      const { rss, heapUsed } = process.memoryUsage();
      const share = keys / parts;
      rows.push([
        String(done),
        figure(seconds),
        figure(share / seconds),
        figure(rss / mebibyte),
        figure(heapUsed / mebibyte),
      ]);
      begun = performance.now();
    }
    const total = (performance.now() - wholeBegun) / 1_000;
    const { due, failing } = await store.dueKeys.backlog(clock.now());
    if (due + failing + failures.length > 0) throw new Error(`${due} keys are still due, ${failures.length} failed`);
    rows.push(['all', figure(total), figure(keys / total), '', '']);
    return markdownTable(['keys done', 'seconds', 'keys/s', 'resident MiB', 'heap MiB'], rows);
  } finally {
    await foundation.close();
    await slowWork.close();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function aKey(materials: NodeMaterialFactory) {
  const policy = '{"Version":"2012-10-17","Statement":[]}';
  const facts = { description: '', policy, tags: [], multiRegion: false } as const;
  const plan = planKey({ ...facts, spec: 'SYMMETRIC_DEFAULT', origin: 'AWS_KMS', manager: 'CUSTOMER' }, () => true);
  if (!plan.ok) throw new Error('a plain key cannot be planned');
  const material = await materials.generate({ account, region, keyId: id, spec: 'SYMMETRIC_DEFAULT' });
  const now = clock.now();
  return createKey({ account, region, id }, plan.value, { ...material, state: 'CURRENT', createdAt: now }, now);
}
