import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Keywarden } from '@keywarden/harness';
import { type MemoryUsage, memoryOf, postgresPids } from './process-usage';
import { startServiceUnderTest } from './service-under-test';
import { call } from './signed-requests';
import { figure, markdownTable } from './statistics';

/** How long after the last request the memory counts as at rest. */
const restMs = 2_000;

/** Start-up times and memory at rest of a service of its own. @returns a table */
export async function measureStartAndRest(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keywarden-bench-'));
  try {
    const first = await startMeasured(dataDir);
    await first.service.stop();
    const second = await startMeasured(dataDir);
    try {
      await delay(restMs);
      const own = memoryOf([second.service.pid]);
      const postgres = memoryOf(postgresPids(dataDir));
      return markdownTable(
        ['measure', 'value'],
        [
          ['first start to first answer, empty data folder', `${figure(first.milliseconds)} ms`],
          ['second start to first answer', `${figure(second.milliseconds)} ms`],
          ['memory at rest, service', memory(own)],
          ['memory at rest, Postgres', memory(postgres)],
        ],
      );
    } finally {
      await second.service.stop();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function startMeasured(dataDir: string): Promise<{ service: Keywarden; milliseconds: number }> {
  const began = performance.now();
  const service = await startServiceUnderTest({ dataDir });
  await call(service, 'ListKeys', {});
  return { service, milliseconds: performance.now() - began };
}

function memory({ residentMiB, proportionalMiB }: MemoryUsage): string {
  return `${figure(residentMiB)} MiB RSS, ${figure(proportionalMiB)} MiB PSS`;
}
