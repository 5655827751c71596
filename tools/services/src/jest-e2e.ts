import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import startPostgresForTests from './jest-postgres';
import { keepForTeardown } from './jest-teardown';
import { clusterTemplateVariable } from './test-environment';

/** Jest `globalSetup` of end-to-end tests: a Postgres for the run, and a place for the cluster that services start from. */
export default async function startForEndToEndTests(): Promise<void> {
  await startPostgresForTests();
  const folder = await mkdtemp(join(tmpdir(), 'keywarden-template-'));
  process.env[clusterTemplateVariable] = folder;
  keepForTeardown(async () => {
    delete process.env[clusterTemplateVariable];
    await rm(folder, { recursive: true, force: true });
  });
}
