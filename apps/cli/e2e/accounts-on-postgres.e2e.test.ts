import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { answered, startKeywarden } from '@keywarden/harness';
import { type TestDatabase, createTestDatabase } from '@keywarden/services';

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  [database, folder] = await Promise.all([createTestDatabase(), mkdtemp(join(tmpdir(), 'keywarden-cli-'))]);
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

it('an account is added on the Postgres of the nodes, by whoever has their root key', async () => {
  const settings = { DATABASE_URL: database.url, KEYWARDEN_ROOT_KEY_FILE: join(folder, 'root-key') };
  const node = await startKeywarden({ app: 'api', dataDir: folder, environment: settings });
  try {
    const credentials = await answered<{ accessKeyId: string; secretAccessKey: string }>(
      ['accounts', 'create', '222233334444'],
      settings,
    );
    const client = new KMSClient({ endpoint: node.endpoint, region: node.region, credentials, maxAttempts: 1 });
    const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
    client.destroy();
    expect(KeyMetadata?.AWSAccountId).toBe('222233334444');
  } finally {
    await node.stop();
  }
});
