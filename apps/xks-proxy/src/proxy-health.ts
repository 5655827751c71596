import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Configuration } from '@keywarden/config';
import type { ProxyHealth } from '@keywarden/xks-proxy-protocol';

/** A KMS elsewhere waits 250 ms for an answer. */
const patienceMs = 200;

export interface HealthSources {
  /** Are changes of other nodes heard? */
  listening(): boolean;
  /** Rejects when the database cannot be worked with. */
  reachable(): Promise<unknown>;
}

/** UNAVAILABLE when the database does not answer in time; DEGRADED while nothing may be served from memory. */
export function proxyHealth(
  { xksFleetSize: fleetSize }: Pick<Configuration, 'xksFleetSize'>,
  { listening, reachable }: HealthSources,
): () => Promise<ProxyHealth> {
  const manifest = JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8')) as { version: string };
  const model = `Keywarden XKS proxy ${manifest.version}`;
  return async () => {
    if (!(await within(patienceMs, reachable()))) return { fleetSize, model, healthStatus: 'UNAVAILABLE' };
    return { fleetSize, model, healthStatus: listening() ? 'ACTIVE' : 'DEGRADED' };
  };
}

/** Whether it succeeds in that time. */
async function within(milliseconds: number, asked: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  const succeeded = asked.then(
    () => true,
    () => false,
  );
  return Promise.race([succeeded, late]).finally(() => clearTimeout(timer));
}
