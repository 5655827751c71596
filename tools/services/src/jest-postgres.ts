import { startThrowawayPostgres } from './run-postgres';
import { testDatabaseVariable } from './test-environment';
import { keepForTeardown } from './jest-teardown';

/** Jest `globalSetup`: one Postgres for the run, unless somebody brought one. */
export default async function startPostgresForTests(): Promise<void> {
  if (process.env[testDatabaseVariable]) return;
  const postgres = await startThrowawayPostgres();
  process.env[testDatabaseVariable] = postgres.url;
  keepForTeardown(async () => {
    delete process.env[testDatabaseVariable];
    await postgres.stop();
  });
}
