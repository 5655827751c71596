import { type TestDatabase, createTestDatabase } from '@keywarden/services';
import { Client } from 'pg';
import { type PostgresStore, openPostgres } from '../open-postgres';
import type { PostgresSettings } from '../settings';

/** A migrated database of a suite's own, and what its tests need besides the store. */
export interface TestStore {
  readonly url: string;
  /** Another store on the same database, closed at the end of the suite. */
  open(settings?: Partial<PostgresSettings>): PostgresStore;
  /** Runs SQL beside the store. */
  sql(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  /** Empties every table but the list of migrations. */
  empty(): Promise<void>;
}

const deadlock = '40P01';

/** Stores that the test opened go on in the background, and may hold some of the tables in another order. */
async function truncate(client: Client, tables: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await client.query(`TRUNCATE ${tables}`);
      return;
    } catch (fault) {
      const again = fault instanceof Error && 'code' in fault && fault.code === deadlock;
      if (!again || tries === 5) throw fault;
    }
  }
}

/** Makes the database before the tests of the suite and removes it after them. */
export function testStore(): TestStore {
  const stores: PostgresStore[] = [];
  let database: TestDatabase;
  let client: Client;
  const test: TestStore = {
    get url() {
      return database.url;
    },
    open(settings) {
      const store = openPostgres({ url: database.url, poolSize: 8, ...settings });
      stores.push(store);
      return store;
    },
    async sql(text, values = []) {
      return (await client.query(text, [...values])).rows;
    },
    async empty() {
      const { rows } = await client.query<{ readonly tables: string }>(
        `SELECT string_agg(quote_ident(tablename), ', ') AS tables FROM pg_tables
         WHERE schemaname = current_schema() AND tablename <> 'schema_migrations'`,
      );
      await truncate(client, rows[0]?.tables ?? '');
    },
  };
  beforeAll(async () => {
    database = await createTestDatabase();
    await test.open().migrate();
    client = new Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await client.end();
    await database.drop();
  });
  return test;
}
