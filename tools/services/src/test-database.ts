import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { requiredServer, testDatabaseVariable } from './test-environment';

/** A database of one test suite's own, empty at first. */
export interface TestDatabase {
  readonly url: string;
  /** Removes the database and ends every session that still uses it. */
  drop(): Promise<void>;
}

/**
 * Makes an empty database on the server of `KEYWARDEN_TEST_DATABASE_URL` (takes about 0.1 s).
 *
 * @throws Error that says what to do when there is no server
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const adminUrl = requiredServer(testDatabaseVariable);
  const name = `test_${randomBytes(8).toString('hex')}`;
  await runAsAdmin(adminUrl, `CREATE DATABASE ${name}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => runAsAdmin(adminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function runAsAdmin(adminUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl, connectionTimeoutMillis: 10_000, query_timeout: 30_000 });
  try {
    await client.connect();
    await client.query(statement);
  } catch (thrown) {
    const { host } = new URL(adminUrl);
    throw new Error(`the test server ${host} refused "${statement}"`, { cause: thrown });
  } finally {
    await client.end();
  }
}
