import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateKeyCommand,
  type CreateKeyCommandInput,
  KMSClient,
  ReplicateKeyCommand,
  RotateKeyOnDemandCommand,
} from '@aws-sdk/client-kms';
import { type Keywarden, startKeywarden } from '@keywarden/harness';
import { type TestDatabase, createTestDatabase } from '@keywarden/services';
import { Client } from 'pg';

let database: TestDatabase;
let sql: Client;
let service: Keywarden;
let client: KMSClient;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = new Client({ connectionString: database.url, query_timeout: 30_000 });
  await sql.connect();
  const environment = { DATABASE_URL: database.url, KEYWARDEN_REGIONS: 'us-east-1,eu-west-1' };
  service = await startKeywarden({ environment: { ...environment, KEYWARDEN_SCHEDULER_INTERVAL_MS: '100' } });
  const { endpoint, region, credentials } = service;
  client = new KMSClient({ endpoint, region, credentials, maxAttempts: 1 });
}, 120_000);

afterAll(async () => {
  client.destroy();
  await service.stop();
  await sql.end();
  await database.drop();
});

interface Recorded {
  readonly event: Record<string, unknown>;
  readonly region: string;
}

/** Records of one name that are about a key, once there are as many as are waited for. */
async function recordsOf(name: string, keyId: string, count: number): Promise<readonly Recorded[]> {
  for (let tries = 0; tries < 150; tries += 1) {
    const { rows } = await sql.query<Recorded>(
      `SELECT record::json AS event, region FROM audit_records WHERE event_name = $1 AND resource_1 LIKE '%' || $2
       ORDER BY region`,
      [name, keyId],
    );
    if (rows.length >= count) return rows;
    await delay(100);
  }
  throw new Error(`${name} is not on record`);
}

const keyOf = async (input: CreateKeyCommandInput): Promise<string> =>
  (await client.send(new CreateKeyCommand(input))).KeyMetadata?.KeyId ?? '';

describe('what the service does by itself', () => {
  it('is on record as an act nobody called for: a rotation', async () => {
    const keyId = await keyOf({});
    await client.send(new RotateKeyOnDemandCommand({ KeyId: keyId }));
    const [act, ...more] = await recordsOf('RotateKey', keyId, 1);
    expect(more).toEqual([]);
    expect(act!.event).toMatchObject({
      userIdentity: { invokedBy: 'AWS Internal' },
      eventType: 'AwsServiceEvent',
      serviceEventDetails: { rotationType: 'ON_DEMAND' },
    });
    // The call that asked for it is on record besides.
    expect(await recordsOf('RotateKeyOnDemand', keyId, 1)).toHaveLength(1);
  });

  it('is on record in each Region: a replica, and the call that made it', async () => {
    const keyId = await keyOf({ MultiRegion: true });
    await client.send(new ReplicateKeyCommand({ KeyId: keyId, ReplicaRegion: 'eu-west-1' }));
    const acts = await recordsOf('SynchronizeMultiRegionKey', keyId, 2);
    expect(new Set(acts.map(({ region }) => region))).toEqual(new Set(['eu-west-1', 'us-east-1']));
    const calls = await recordsOf('ReplicateKey', keyId, 2);
    expect(calls.map(({ region }) => region)).toEqual(['eu-west-1', 'us-east-1']);
  });

  it('waits nowhere once it is on record', async () => {
    for (let tries = 0; tries < 100; tries += 1) {
      const { rows } = await sql.query('SELECT 1 FROM audit_pending_acts');
      if (rows.length === 0) return;
      await delay(100);
    }
    throw new Error('acts go on waiting');
  });
});
