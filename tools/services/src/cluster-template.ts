import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startEmbeddedPostgres } from '@keywarden/embedded-postgres';
import { clusterTemplateVariable } from './test-environment';

const run = promisify(execFile);

/**
 * Puts an empty cluster where a service would make its own, a copy of one that the first to ask for it made: making one
 * takes longer than all the rest of a start. Does nothing where there is a cluster, or no place for a template.
 */
export async function copyClusterTemplate(dataDir: string): Promise<void> {
  const folder = process.env[clusterTemplateVariable];
  const cluster = join(dataDir, 'postgres');
  if (folder === undefined || folder === '' || (await isThere(cluster))) return;
  const template = join(folder, 'postgres');
  if (!(await isThere(template))) await makeTemplate(folder, template);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  // With owners and modes: Postgres refuses to work on a folder that others may read.
  await run('cp', ['-a', template, cluster]);
}

/** As the first start of a service makes it. Whoever is first with it has made it for all. */
async function makeTemplate(folder: string, template: string): Promise<void> {
  const made = await mkdtemp(join(folder, 'making-'));
  const postgres = await startEmbeddedPostgres({ dataDir: made });
  await postgres.stop();
  await rename(made, template).catch(async (fault: unknown) => {
    if (!(await isThere(template))) throw fault;
  });
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
