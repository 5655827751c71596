import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Manifest, writeBackup } from '@keywarden/backup';
import { type DatabaseFacts, openPostgres, openTableExport } from '@keywarden/postgres';
import { type TestDatabase, createTestDatabase } from '@keywarden/services';
import { Client } from 'pg';
import { makeBackupKeys, readIdentity, readRecipient, readSigner, readSigningKey } from './backup-keys';
import { type BackupReading, restoreBackup } from './restore';

jest.setTimeout(120_000);

const day = 20_000;
const rowsOfDomainKeys = 400;
let folder: string;
let path: string;
let source: TestDatabase;
let manifest: Manifest<DatabaseFacts>;
let reading: BackupReading;
const opened: TestDatabase[] = [];

async function asked<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Everything there is: rows of every table in their text form, and where identity columns go on. */
function contentOf(url: string): Promise<Record<string, readonly string[]>> {
  return asked(url, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace ORDER BY 1`,
    );
    const content: Record<string, readonly string[]> = {};
    for (const { name } of tables) {
      // When a migration was run is of the database it was run on.
      const row = name === 'schema_migrations' ? 'number || name || checksum || needs' : `${name}::text`;
      const { rows } = await client.query<{ row: string }>(`SELECT ${row} AS row FROM ${name} ORDER BY 1`);
      content[name] = rows.map((each) => each.row);
    }
    const { rows: sequences } = await client.query<{ row: string }>(
      `SELECT sequencename || ' ' || coalesce(last_value, 0) AS row FROM pg_sequences ORDER BY 1`,
    );
    return { ...content, sequences: sequences.map((each) => each.row) };
  });
}

async function emptyDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  opened.push(database);
  return database;
}

const tablesIn = async (url: string): Promise<number> => Object.keys(await contentOf(url)).length - 1;

async function save(to: string, change: (facts: DatabaseFacts) => DatabaseFacts = (facts) => facts) {
  const from = await openTableExport({ url: source.url });
  try {
    const facts = change(from.facts);
    const read = (name: string) => from.read(facts.tables.find((table) => table.name === name)!);
    const keys = (name: string): string => join(folder, 'keys', name);
    const [recipient, signer] = [await readRecipient(keys('recipient.pub')), await readSigningKey(keys('signer.key'))];
    return await writeBackup<DatabaseFacts>(to, { facts, read }, recipient, signer, new Date(0));
  } finally {
    await from.close();
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keywarden-restore-'));
  path = join(folder, 'monday');
  await makeBackupKeys(join(folder, 'keys'));
  source = await createTestDatabase();
  const store = openPostgres({ url: source.url });
  await store.migrate();
  await store.close();
  await asked(source.url, async (client) => {
    await client.query(`INSERT INTO accounts VALUES ('111122223333', 5)`);
    for (let version = 1; version <= rowsOfDomainKeys; version += 1) {
      // Every byte there is, among them those that COPY writes in another way.
      const wrapped = Buffer.concat([Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)), randomBytes(300)]);
      await client.query(`INSERT INTO domain_keys VALUES ('111122223333', 'eu-central-1', $1, 'root-1', $2)`, [
        version,
        wrapped,
      ]);
    }
    const details = JSON.stringify({ text: 'a\tb\nc\\d\\.\r\u0000 é \ud83d\udd11', none: null });
    for (let count = 0; count < 3; count += 1) {
      await client.query(
        `INSERT INTO key_events (account_id, region, key_id, happened_at, type, details)
         VALUES ('111122223333', 'eu-central-1', '12345678-1234-1234-1234-123456789012', 1, 'KeyCreated', $1)`,
        [details],
      );
    }
    await client.query(`SELECT audit_partition(${day})`);
    const texts = Array.from({ length: 13 }, (_, index) => (index % 2 === 0 ? '\\N' : 'a\nb\t'));
    await client.query(
      `INSERT INTO audit_records VALUES ($1, gen_random_uuid(), 1, $2, $3, $4, $5, $6, $7, $8, true, $9, $10, $11, $12, $13)`,
      [day * 86_400_000 + 5, ...texts.slice(0, 12)],
    );
  });
  manifest = await save(path);
  const keys = (name: string): string => join(folder, 'keys', name);
  reading = {
    path,
    identity: await readIdentity(keys('recipient.key')),
    signer: await readSigner(keys('signer.pub')),
  };
});
afterAll(async () => {
  for (const database of [source, ...opened]) await database.drop();
  await rm(folder, { recursive: true, force: true });
});

it('gives an empty database every row, partition and sequence of the one that was saved', async () => {
  const target = await emptyDatabase();
  await restoreBackup(reading, target.url, true);
  const content = await contentOf(target.url);
  expect(content).toEqual(await contentOf(source.url));
  expect(content.domain_keys).toHaveLength(rowsOfDomainKeys);
  expect(
    content[`audit_records_${new Date(day * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '')}`],
  ).toHaveLength(1);
  expect(manifest.tables.find(({ name }) => name === 'key_events')).toMatchObject({ rows: 3 });
  // The next event does not take the number of one that was restored.
  const next = await asked(target.url, async (client) => {
    const { rows } = await client.query<{ sequence: number }>(
      `INSERT INTO key_events (account_id, region, key_id, happened_at, type, details)
       VALUES ('111122223333', 'eu-central-1', '12345678-1234-1234-1234-123456789012', 1, 'KeyCreated', '{}') RETURNING sequence::int`,
    );
    return rows[0]?.sequence;
  });
  expect(next).toBe(4);
});

it('saves one moment, whatever is written meanwhile', async () => {
  const from = await openTableExport({ url: source.url });
  try {
    await asked(source.url, async (client) => {
      await client.query(`INSERT INTO accounts VALUES ('444455556666', 5)`);
    });
    const chunks: Buffer[] = [];
    const accounts = from.facts.tables.find(({ name }) => name === 'accounts')!;
    for await (const chunk of from.read(accounts)) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toBe('111122223333\t5\n');
  } finally {
    await from.close();
    await asked(source.url, (client) => client.query(`DELETE FROM accounts WHERE id = '444455556666'`));
  }
});

describe('a backup that is not whole', () => {
  const damaged: [what: string, change: (whole: Buffer) => Buffer][] = [
    ...[0, 1, 18, 19, 21, 600, 1_200, 1_300].map((length): (typeof damaged)[number] => [
      `cut to ${length} bytes`,
      (whole) => whole.subarray(0, length),
    ]),
    ...[0.25, 0.5, 0.75, 0.999].map((part): (typeof damaged)[number] => [
      `cut at ${part} of its length`,
      (whole) => whole.subarray(0, Math.floor(whole.length * part)),
    ]),
    ['cut by its last byte', (whole) => whole.subarray(0, -1)],
    ['with a byte more', (whole) => Buffer.concat([whole, Buffer.of(0)])],
    ...[0, 17, 20, 700, 1_250].map((at): (typeof damaged)[number] => [
      `with a flipped bit at ${at}`,
      flipped(() => at),
    ]),
    ...[0.1, 0.5, 0.9].map((part): (typeof damaged)[number] => [
      `with a flipped bit at ${part} of its length`,
      flipped((length) => Math.floor(length * part)),
    ]),
    ['with a flipped bit at its end', flipped((length) => length - 1)],
  ];

  it.each(damaged)('%s writes nothing', async (_what, change) => {
    const target = await targetOfDamage();
    const other = join(folder, 'damaged');
    await writeFile(other, change(await readFile(path)));
    const restoring = restoreBackup({ ...reading, path: other }, target.url, false);
    await expect(restoring).rejects.toMatchObject({ name: 'DamagedBackup' });
    expect(await tablesIn(target.url)).toBe(0);
  });

  it('or is of a newer format or release writes nothing, and says so', async () => {
    const target = await targetOfDamage();
    const whole = await readFile(path);
    const other = join(folder, 'newer');
    await writeFile(other, Buffer.concat([Buffer.from('keywarden-backup 2\n'), whole.subarray(19)]));
    await expect(restoreBackup({ ...reading, path: other }, target.url, false)).rejects.toThrow(
      'the backup is of a format this release does not know',
    );
    for (const needs of [9_999, 1]) {
      const later = join(folder, `later-${needs}`);
      await save(later, (facts) => ({
        ...facts,
        migrations: [...facts.migrations, { number: 9_999, name: 'later', checksum: '0'.repeat(64), needs }],
      }));
      await expect(restoreBackup({ ...reading, path: later }, target.url, false)).rejects.toThrow(/a newer release/);
    }
    expect(await tablesIn(target.url)).toBe(0);
    // The same database takes the whole one.
    await restoreBackup(reading, target.url, false);
    expect(await tablesIn(target.url)).toBeGreaterThan(20);
  });

  let shared: TestDatabase | undefined;
  const targetOfDamage = async (): Promise<TestDatabase> => (shared ??= await emptyDatabase());
});

function flipped(at: (length: number) => number): (whole: Buffer) => Buffer {
  return (whole) => {
    const changed = Buffer.from(whole);
    const place = at(whole.length);
    changed[place] = (changed[place] ?? 0) ^ 1;
    return changed;
  };
}

describe('a restore that is interrupted', () => {
  it('by the loss of its connection leaves the database empty, at whatever table', async () => {
    const target = await emptyDatabase();
    const filled = manifest.tables.filter(({ rows, name }) => rows > 0 && name !== 'schema_migrations');
    expect(filled.length).toBeGreaterThanOrEqual(4);
    for (const { name } of filled) {
      await interruptAt(target.url, name);
      // Why Postgres ended the session, or that it did: what is heard first.
      await expect(restoreBackup(reading, target.url, false)).rejects.toThrow(/terminat|ended|ECONNRESET|EPIPE/);
      expect(await tablesIn(target.url)).toBe(0);
    }
    await asked(target.url, (client) => client.query('DROP SCHEMA interruption CASCADE'));
    await restoreBackup(reading, target.url, false);
    expect(await contentOf(target.url)).toEqual(await contentOf(source.url));
  });

  it('by a file that changes after it was checked leaves the database empty', async () => {
    const target = await emptyDatabase();
    const changing = join(folder, 'changing');
    const whole = await readFile(path);
    await writeFile(changing, whole);
    let opens = 0;
    const identity: BackupReading['identity'] = {
      open: (sealed, boundTo) => {
        opens += 1;
        return reading.identity.open(sealed, boundTo);
      },
    };
    const swapped = {
      ...reading,
      path: changing,
      identity: {
        open: (sealed: Uint8Array, boundTo: Uint8Array) => {
          const key = identity.open(sealed, boundTo);
          // The second reading begins: what it finds from the middle on is another file.
          if (opens === 2) writeFileSync(changing, flipped((length) => length - 5_000)(whole));
          return key;
        },
      },
    };
    await expect(restoreBackup(swapped, target.url, false)).rejects.toMatchObject({ name: 'DamagedBackup' });
    expect(await tablesIn(target.url)).toBe(0);
  });
});

/** The database ends whatever session writes the first row of a table, as soon as there is that table. */
async function interruptAt(url: string, table: string): Promise<void> {
  await asked(url, (client) =>
    client.query(`
      DROP SCHEMA IF EXISTS interruption CASCADE;
      CREATE SCHEMA interruption;
      CREATE FUNCTION interruption.kill() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$;
      CREATE FUNCTION interruption.arm() RETURNS event_trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF to_regclass('public.${table}') IS NOT NULL
            AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'interruption')
          THEN
            CREATE TRIGGER interruption BEFORE INSERT ON public.${table}
              FOR EACH ROW EXECUTE FUNCTION interruption.kill();
          END IF;
        END $$;
      CREATE EVENT TRIGGER interruption ON ddl_command_end EXECUTE FUNCTION interruption.arm();`),
  );
}

describe('a database that is not empty', () => {
  it('is left as it is', async () => {
    const target = await emptyDatabase();
    await asked(target.url, (client) => client.query('CREATE TABLE mine (text text)'));
    await asked(target.url, (client) => client.query(`INSERT INTO mine VALUES ('here')`));
    const before = await contentOf(target.url);
    await expect(restoreBackup(reading, target.url, false)).rejects.toThrow('the database is not empty');
    expect(await contentOf(target.url)).toEqual(before);
  });

  it('is one that was restored, also by somebody else in the same moment', async () => {
    const target = await emptyDatabase();
    const both = await Promise.allSettled([1, 2, 3].map(() => restoreBackup(reading, target.url, false)));
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const each of both) {
      if (each.status === 'rejected') expect(String(each.reason)).toMatch(/the database is not empty/);
    }
    expect(await contentOf(target.url)).toEqual(await contentOf(source.url));
  });
});
