import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  KMSClient,
  ListAliasesCommand,
  ListKeysCommand,
  ScheduleKeyDeletionCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-kms';
import { type Keywarden, type KeywardenApp, harnessAccount, startKeywarden } from '@keywarden/harness';
import { type TestDatabase, createTestDatabase } from '@keywarden/services';
import { Client } from 'pg';

/** Two API nodes and two schedulers, each a process of its own, on one database and one root key. */
let database: TestDatabase;
let sql: Client;
let folder: string;
let nodes: readonly [KMSClient, KMSClient];
const processes: Keywarden[] = [];

async function start(app: KeywardenApp, name: string): Promise<Keywarden> {
  const started = await startKeywarden({
    app,
    dataDir: join(folder, name),
    environment: {
      DATABASE_URL: database.url,
      KEYWARDEN_ROOT_KEY_FILE: join(folder, 'root-key'),
      KEYWARDEN_SCHEDULER_INTERVAL_MS: '100',
    },
  });
  processes.push(started);
  return started;
}

const clientOf = ({ endpoint, region, credentials }: Keywarden): KMSClient =>
  new KMSClient({ endpoint, region, credentials, maxAttempts: 1 });

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'keywarden-nodes-'));
  sql = new Client({ connectionString: database.url, connectionTimeoutMillis: 10_000, query_timeout: 30_000 });
  await sql.connect();
  const first = await start('api', 'a');
  const second = await start('api', 'b');
  await Promise.all([start('scheduler', 'c'), start('scheduler', 'd')]);
  nodes = [clientOf(first), clientOf(second)];
}, 120_000);

afterAll(async () => {
  for (const client of nodes ?? []) client.destroy();
  const codes = await Promise.all(processes.map((process) => process.stop()));
  await sql?.end();
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
  expect(codes).toEqual(processes.map(() => 0));
}, 120_000);

/** Asks again until it is so. @throws Error when it is still not so after `boundMs` */
async function within(boundMs: number, what: string, holds: () => Promise<boolean>): Promise<void> {
  const until = Date.now() + boundMs;
  while (Date.now() < until) {
    if (await holds()) return;
    await delay(20);
  }
  throw new Error(`${what}: not within ${boundMs} ms`);
}

const nameOfRefusal = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'answered',
    (error: unknown) => (error instanceof Error ? error.name : 'unknown'),
  );

async function aKey(client: KMSClient): Promise<string> {
  const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
  return KeyMetadata?.KeyId ?? '';
}

const Plaintext = new Uint8Array([1, 2, 3]);
const heard = 2_000;

describe('two nodes on one database', () => {
  it('share keys, aliases and what was encrypted', async () => {
    const [a, b] = nodes;
    const KeyId = await aKey(a);
    await a.send(new CreateAliasCommand({ AliasName: 'alias/shared', TargetKeyId: KeyId }));
    const { CiphertextBlob } = await b.send(new EncryptCommand({ KeyId: 'alias/shared', Plaintext }));
    const opened = await a.send(new DecryptCommand({ CiphertextBlob }));
    expect(opened.Plaintext).toEqual(Plaintext);
  });

  it('know that a key is disabled or enabled again once that was answered', async () => {
    const [a, b] = nodes;
    const KeyId = await aKey(a);
    await b.send(new EncryptCommand({ KeyId, Plaintext }));
    await a.send(new DisableKeyCommand({ KeyId }));
    expect(await nameOfRefusal(b.send(new EncryptCommand({ KeyId, Plaintext })))).toBe('DisabledException');
    await b.send(new EnableKeyCommand({ KeyId }));
    expect(await nameOfRefusal(a.send(new EncryptCommand({ KeyId, Plaintext })))).toBe('answered');
  });

  it('know that an alias has moved or gone once that was answered', async () => {
    const [a, b] = nodes;
    const [one, two] = [await aKey(a), await aKey(a)];
    const AliasName = 'alias/moves';
    await a.send(new CreateAliasCommand({ AliasName, TargetKeyId: one }));
    const seen = async (): Promise<string | undefined> =>
      (await b.send(new EncryptCommand({ KeyId: AliasName, Plaintext }))).KeyId?.split('/')[1];
    expect(await seen()).toBe(one);
    await a.send(new UpdateAliasCommand({ AliasName, TargetKeyId: two }));
    expect(await seen()).toBe(two);
    await a.send(new DeleteAliasCommand({ AliasName }));
    expect(await nameOfRefusal(seen())).toBe('NotFoundException');
  });

  it('change one key at the same time without losing a change', async () => {
    const [a, b] = nodes;
    const KeyId = await aKey(a);
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        (i % 2 === 0 ? a : b).send(new CreateAliasCommand({ AliasName: `alias/at-once/${i}`, TargetKeyId: KeyId })),
      ),
    );
    const { Aliases } = await b.send(new ListAliasesCommand({ KeyId }));
    expect(Aliases).toHaveLength(20);
    const names = await Promise.all(
      [a, b, a, b].map((node) =>
        nameOfRefusal(node.send(new CreateAliasCommand({ AliasName: 'alias/one-winner', TargetKeyId: KeyId }))),
      ),
    );
    expect(names.sort()).toEqual([
      'AlreadyExistsException',
      'AlreadyExistsException',
      'AlreadyExistsException',
      'answered',
    ]);
  });
});

describe('two schedulers on one database', () => {
  /** Over the API a key waits seven days at least; a test moves the end of its window into the past. */
  const endWindows = (keyIds: readonly string[]) =>
    sql.query(
      'UPDATE kms_keys SET deletion_date = $2::bigint, next_due_at = $2::bigint WHERE key_id = ANY ($1) AND deletion_date IS NOT NULL',
      [keyIds, Date.now() - 1_000],
    );

  it('delete a key whose window has ended, with its aliases, and every node knows', async () => {
    const [a, b] = nodes;
    const KeyId = await aKey(a);
    const AliasName = 'alias/leaving';
    await a.send(new CreateAliasCommand({ AliasName, TargetKeyId: KeyId }));
    const { CiphertextBlob } = await b.send(new EncryptCommand({ KeyId, Plaintext }));
    await a.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    await delay(300);
    expect((await a.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState).toBe('PendingDeletion');

    expect((await endWindows([KeyId])).rowCount).toBe(1);
    for (const node of nodes) {
      for (const name of [KeyId, AliasName]) {
        await within(heard, `${name} is gone`, async () => {
          return (await nameOfRefusal(node.send(new DescribeKeyCommand({ KeyId: name })))) === 'NotFoundException';
        });
      }
      expect(await nameOfRefusal(node.send(new DecryptCommand({ CiphertextBlob })))).toBe('AccessDeniedException');
      const { Keys } = await node.send(new ListKeysCommand({ Limit: 1000 }));
      expect(Keys?.map((key) => key.KeyId)).not.toContain(KeyId);
    }
    const { rows } = await sql.query('SELECT count(*)::int AS left FROM key_materials WHERE key_id = $1', [KeyId]);
    expect(rows).toEqual([{ left: 0 }]);
    const AliasAgain = new CreateAliasCommand({ AliasName, TargetKeyId: await aKey(b) });
    expect(await nameOfRefusal(b.send(AliasAgain))).toBe('answered');
  });

  it('delete many keys between them, each once, and report no fault', async () => {
    const [a] = nodes;
    const ids = await Promise.all(Array.from({ length: 30 }, () => aKey(a)));
    for (const KeyId of ids) await a.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    expect((await endWindows(ids)).rowCount).toBe(30);
    await within(5_000, 'all keys are gone', async () => {
      const { rows } = await sql.query('SELECT 1 FROM kms_keys WHERE key_id = ANY ($1)', [ids]);
      return rows.length === 0;
    });
    const schedulers = processes.slice(2).map((process) => process.output());
    expect(schedulers.join('')).not.toContain('"level":"error"');
  });
});

it('no process prints a secret', () => {
  const printed = processes.map((process) => process.output()).join('');
  expect(printed).not.toContain(harnessAccount.secretAccessKey);
  expect(printed).toContain('"message":"ready"');
});
