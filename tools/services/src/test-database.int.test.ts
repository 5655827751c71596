import { Client } from 'pg';
import { createTestDatabase } from './test-database';
import { testDatabaseVariable } from './test-environment';

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

it('gives each suite an empty database of its own', async () => {
  const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  const client = await connect(one.url);
  await client.query('CREATE TABLE mine (id int)');
  const stranger = await connect(other.url);
  await expect(stranger.query('SELECT * FROM mine')).rejects.toThrow(/does not exist/);
  await Promise.all([client.end(), stranger.end()]);
  await Promise.all([one.drop(), other.drop()]);
});

it('drops a database although a session still uses it', async () => {
  const database = await createTestDatabase();
  await connect(database.url);
  await database.drop();
  await expect(connect(database.url)).rejects.toThrow(/does not exist/);
});

it('fails and says what to do when there is no server', async () => {
  const url = process.env[testDatabaseVariable];
  delete process.env[testDatabaseVariable];
  try {
    await expect(createTestDatabase()).rejects.toThrow(/KEYWARDEN_TEST_DATABASE_URL is not set/);
    process.env[testDatabaseVariable] = 'postgres://nobody@127.0.0.1:1/none';
    await expect(createTestDatabase()).rejects.toThrow(/127\.0\.0\.1:1 refused/);
  } finally {
    process.env[testDatabaseVariable] = url;
  }
});
