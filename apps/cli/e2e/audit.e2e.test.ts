import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CreateKeyCommand, DescribeKeyCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { type Keywarden, answered, keywarden, startKeywarden } from '@keywarden/harness';
import { type TestDatabase, createTestDatabase } from '@keywarden/services';
import { Client } from 'pg';

interface Verified {
  readonly whole: boolean;
  readonly records: number;
  readonly checkpoints: number;
  readonly findings: readonly { readonly kind: string; readonly seq?: number; readonly detail: string }[];
}

let folder: string;
let database: TestDatabase;
let sql: Client;
let service: Keywarden;
let keys: string;
let anchors: string;
const calls = 40;

const settings = () => ({ DATABASE_URL: database.url, KEYWARDEN_ROOT_KEY_FILE: join(folder, 'root-key') });
const verifying = (...more: string[]): string[] => ['audit', 'verify', '--public-key', keys, ...more];

async function covered(): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const { rows } = await sql.query(
      `SELECT 1 FROM audit_chains c LEFT JOIN audit_coverage v USING (chain) WHERE c.head_seq > coalesce(v.seq, 0)`,
    );
    if (rows.length === 0) return;
    await delay(100);
  }
  throw new Error('no checkpoint covers what was written');
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keywarden-audit-'));
  database = await createTestDatabase();
  sql = new Client({ connectionString: database.url, query_timeout: 30_000 });
  await sql.connect();
  keys = join(folder, 'keys.pem');
  anchors = join(folder, 'anchors');
  const audit = { KEYWARDEN_AUDIT_CHECKPOINT_INTERVAL_MS: '1000', KEYWARDEN_AUDIT_ANCHOR_FILE: anchors };
  service = await startKeywarden({ environment: { ...settings(), ...audit } });
  const { endpoint, region, credentials } = service;
  const client = new KMSClient({ endpoint, region, credentials, maxAttempts: 1 });
  const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
  for (let call = 0; call < calls; call += 1) {
    await client.send(new EncryptCommand({ KeyId: KeyMetadata?.KeyId, Plaintext: Buffer.from('text') }));
  }
  await client.send(new DescribeKeyCommand({ KeyId: 'alias/none' })).catch(() => undefined);
  client.destroy();
  await covered();
  const shown = await keywarden(['audit', 'public-key'], settings());
  await writeFile(keys, shown.out);
}, 180_000);

afterAll(async () => {
  await service.stop();
  await sql.end();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

describe('keywarden audit verify', () => {
  it('finds the live trail whole, and that it meets its anchors', async () => {
    const report = await answered<Verified>(verifying('--anchor', anchors), settings());
    expect(report).toMatchObject({ whole: true, findings: [] });
    expect(report.records).toBeGreaterThanOrEqual(calls + 2);
    expect(report.checkpoints).toBeGreaterThan(0);
  });

  it('finds an exported file whole, on a machine with nothing but the public key', async () => {
    const file = join(folder, 'evidence.jsonl');
    await answered(['audit', 'evidence', file], settings());
    const report = await answered<Verified>(verifying('--file', file, '--as-of', 'never'), {});
    expect(report).toMatchObject({ whole: true });
    const changed = join(folder, 'changed.jsonl');
    await writeFile(
      changed,
      (await readFile(file, 'utf8')).replace('"eventName\\":\\"Encrypt', '"eventName\\":\\"Decrypt'),
    );
    const { code, err } = await keywarden(verifying('--file', changed, '--as-of', 'never'), {});
    expect(code).toBe(1);
    expect(err).toMatch(/^keywarden: the audit trail is not whole: RecordChanged: record \d+ /);
  });

  it('trusts no other key', async () => {
    const other = join(folder, 'other.pem');
    await writeFile(
      other,
      '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n',
    );
    const { code, err } = await keywarden(['audit', 'verify', '--public-key', other], settings());
    expect(code).toBe(1);
    expect(err).toContain('CheckpointNotGenuine');
  });

  it.each([
    [['--public-key', '/nowhere'], '/nowhere cannot be used: ENOENT'],
    [['--public-key', __filename], 'a public key cannot be read'],
    [['--public-key', join(__dirname, '../package.json')], 'there is no public key'],
  ])('with %j ends with one line', async (options, line) => {
    const { code, err } = await keywarden(['audit', 'verify', ...options], settings());
    expect({ code, err }).toEqual({ code: 1, err: `keywarden: ${line}\n` });
  });
});

describe('keywarden audit rotate-signing-key', () => {
  const signersOf = async (): Promise<readonly string[]> => {
    const { rows } = await sql.query<{ key: string }>(
      `SELECT key FROM (SELECT body::json ->> 'key' AS key, min(number) AS first FROM audit_checkpoints GROUP BY 1) k
       ORDER BY first`,
    );
    return rows.map(({ key }) => key);
  };

  it('changes over while the service runs, and every key of before or after verifies all of it', async () => {
    const made = await answered<{ former: string; id: string; publicKey: string }>(
      ['audit', 'rotate-signing-key'],
      settings(),
    );
    const { rows } = await sql.query<{ last: number }>('SELECT max(number) AS last FROM audit_checkpoints');
    // The scheduler of the running service makes the next ones.
    for (let tries = 0; tries < 100; tries += 1) {
      const next = await sql.query<{ last: number }>('SELECT max(number) AS last FROM audit_checkpoints');
      if (Number(next.rows[0]!.last) >= Number(rows[0]!.last) + 2) break;
      await delay(100);
    }
    expect(await signersOf()).toEqual([made.former, made.id]);
    const newKey = join(folder, 'new-key.pem');
    await writeFile(newKey, made.publicKey);
    const file = join(folder, 'rotated.jsonl');
    await answered(['audit', 'evidence', file], settings());
    for (const key of [keys, newKey]) {
      expect(await answered<Verified>(['audit', 'verify', '--public-key', key], settings())).toMatchObject({
        whole: true,
      });
      const offline = ['audit', 'verify', '--public-key', key, '--file', file, '--as-of', 'never'];
      expect(await answered<Verified>(offline, {})).toMatchObject({ whole: true });
    }
    const current = await keywarden(['audit', 'public-key', '--current'], settings());
    expect(current.out.trim()).toBe(made.publicKey.trim());
    // Without what the old key said of the new one, who has only the old one trusts no more.
    const stripped = join(folder, 'stripped.jsonl');
    const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => !line.includes('"succession"'));
    await writeFile(stripped, lines.join('\n'));
    const refused = await keywarden(verifying('--file', stripped, '--as-of', 'never'), {});
    expect(refused.err).toContain('CheckpointNotGenuine');
  });
});

/** What somebody with all rights on the database does; each is undone after it was looked at. */
const chainOfCalls = `(SELECT chain FROM audit_records GROUP BY chain ORDER BY count(*) DESC LIMIT 1)`;
const tamperings: readonly (readonly [what: string, sql: string, found: string, more?: readonly string[]])[] = [
  [
    'a record changed',
    `UPDATE audit_records SET record = replace(record, 'AKIA', 'AKIB') WHERE chain = ${chainOfCalls} AND seq = 7`,
    'RecordChanged',
  ],
  [
    'a column changed',
    `UPDATE audit_records SET user_name = 'mallory' WHERE chain = ${chainOfCalls} AND seq = 7`,
    'ColumnsChanged',
  ],
  ['a record removed', `DELETE FROM audit_records WHERE chain = ${chainOfCalls} AND seq = 7`, 'RecordsMissing'],
  [
    'a record inserted',
    `INSERT INTO audit_records SELECT * FROM audit_records WHERE chain = ${chainOfCalls} AND seq = 7`,
    'RecordInserted',
  ],
  [
    'two records in each other’s place',
    `UPDATE audit_records SET seq = 15 - seq WHERE chain = ${chainOfCalls} AND seq IN (7, 8)`,
    'RecordChanged',
  ],
  ['the tail cut off', `DELETE FROM audit_records WHERE chain = ${chainOfCalls} AND seq > 20`, 'TailCutOff'],
  ['a chain removed', `DELETE FROM audit_records WHERE chain = ${chainOfCalls}`, 'TailCutOff'],
  [
    'a checkpoint changed',
    `UPDATE audit_checkpoints SET body = replace(body, '"version":1', '"version":1 ') WHERE number = 1`,
    'CheckpointNotGenuine',
  ],
  ['a checkpoint removed', 'DELETE FROM audit_checkpoints WHERE number = 1', 'CheckpointsDoNotFollow'],
  [
    'an old state put back',
    `DELETE FROM audit_checkpoints WHERE number > 1;
     DELETE FROM audit_records r USING audit_coverage v WHERE false`,
    'AnchorNotMet',
    ['--as-of', 'never'],
  ],
];

describe('what somebody did to the database', () => {
  for (const [what, change, found, more = []] of tamperings)
    it(`is found: ${what}`, async () => {
      await service.stop('SIGTERM').catch(() => undefined);
      await sql.query('CREATE TABLE kept_records AS SELECT * FROM audit_records');
      await sql.query('CREATE TABLE kept_checkpoints AS SELECT * FROM audit_checkpoints');
      try {
        await sql.query(change);
        const { code, out } = await keywarden([...verifying('--anchor', anchors, ...more), '--json'], settings());
        expect(code).toBe(1);
        expect((JSON.parse(out) as Verified).findings.map(({ kind }) => kind)).toContain(found);
      } finally {
        await sql.query('DELETE FROM audit_records; INSERT INTO audit_records SELECT * FROM kept_records');
        await sql.query('DELETE FROM audit_checkpoints; INSERT INTO audit_checkpoints SELECT * FROM kept_checkpoints');
        await sql.query('DROP TABLE kept_records, kept_checkpoints');
      }
      const whole = await answered<Verified>(verifying('--anchor', anchors, '--as-of', 'never'), settings());
      expect(whole.whole).toBe(true);
    });
});

describe('keywarden audit retain', () => {
  it('removes whole days after a signed statement, and the rest stays whole', async () => {
    const nothing = await answered<{ daysRemoved: number }>(['audit', 'retain', '--days', '30'], settings());
    expect(nothing).toEqual({ daysRemoved: 0, checkpointsRemoved: 0 });
  });

  it('does not take a number of days that is none', async () => {
    expect((await keywarden(['audit', 'retain', '--days', '0'], settings())).code).toBe(2);
  });
});
