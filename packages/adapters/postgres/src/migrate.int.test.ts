import { type TestDatabase, createTestDatabase } from '@keywarden/services';
import { Client } from 'pg';
import { migrate } from './migrate';
import { type Migration, migrationOf, readMigrations } from './migrations';
import { type PostgresStore, openPostgres } from './open-postgres';
import { fullSettings } from './settings';

const mismatch = (reason: string) => expect.objectContaining({ name: 'SchemaMismatch', reason });

describe('migrate', () => {
  let database: TestDatabase;
  let store: PostgresStore;
  let client: Client;
  beforeEach(async () => {
    database = await createTestDatabase();
    store = openPostgres({ url: database.url });
    client = new Client({ connectionString: database.url });
    await client.connect();
  });
  afterEach(async () => {
    await client.end();
    await store.close();
    await database.drop();
  });
  const run = (migrations: readonly Migration[], migrationTimeoutMs = 10_000) =>
    migrate(fullSettings({ url: database.url, migrationTimeoutMs }), migrations);
  const tables = async (): Promise<readonly string[]> => {
    const sql = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename";
    return (await client.query<{ tablename: string }>(sql)).rows.map(({ tablename }) => tablename);
  };
  const first = migrationOf(1, 'first', 'CREATE TABLE first (id integer);');

  it('applies every migration once', async () => {
    expect(await store.migrate()).toEqual(readMigrations().map(({ name }) => name));
    expect(await store.migrate()).toEqual([]);
    await expect(store.ping()).resolves.toBeUndefined();
  });

  it('lets one of many processes that start at once migrate while the others wait', async () => {
    const slow = migrationOf(1, 'slow', 'CREATE TABLE slow (id integer); SELECT pg_sleep(0.2);');
    const applied = await Promise.all(Array.from({ length: 8 }, () => run([slow])));
    expect(applied.map(({ length }) => length).sort()).toEqual([0, 0, 0, 0, 0, 0, 0, 1]);
  });

  it('applies all pending migrations or none', async () => {
    const broken = migrationOf(2, 'broken', 'CREATE TABLE second (id integer); SELECT 1 / 0;');
    await expect(run([first, broken])).rejects.toThrow('division by zero');
    expect(await tables()).toEqual([]);
    await run([first]);
    await expect(run([first, broken])).rejects.toThrow('division by zero');
    expect(await tables()).toEqual(['first', 'schema_migrations']);
  });

  it('refuses a database of a newer release and one with a changed migration, and touches neither', async () => {
    await run([first, migrationOf(2, 'second', 'CREATE TABLE second (id integer);')]);
    await expect(run([first])).rejects.toEqual(mismatch('NewerRelease'));
    await expect(store.migrate()).rejects.toEqual(mismatch('ChangedMigration'));
    await expect(store.ping()).rejects.toEqual(mismatch('ChangedMigration'));
    expect(await tables()).toEqual(['first', 'schema_migrations', 'second']);
  });

  it('gives up when another process migrates for too long', async () => {
    await client.query('SELECT pg_advisory_lock(7236151900417)');
    await expect(run([first], 200)).rejects.toThrow('statement timeout');
  });

  it('is not ready before the database is migrated', async () => {
    await expect(store.ping()).rejects.toEqual(mismatch('NotMigrated'));
    await store.migrate();
    await expect(store.ping()).resolves.toBeUndefined();
  });
});
