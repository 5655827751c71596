import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LookupAttribute } from '@keywarden/audit-reading';
import { type AccountId, type Region, instant } from '@keywarden/kernel';
import { openPostgres } from '@keywarden/postgres';
import { startKeptPostgres } from '@keywarden/services';
import { Client } from 'pg';
import { figure, markdownTable, median } from './statistics';

const account = '111122223333' as AccountId;
const region = 'eu-central-1' as Region;
const days = 90;
const dayMs = 86_400_000;
const rounds = 40;
const batch = 100_000;

/** A thousand keys, a hundred users, ten names of events, of which the rare ones are rare. */
const fill = `
  INSERT INTO audit_records (recorded_at, chain, seq, account_id, region, event_id, event_source, event_name, user_name,
    access_key_id, read_only, resource_1, resource_2, resource_3, hash, record)
  SELECT $1 + (n::bigint * $2) / $3, '10000000-0000-4000-8000-000000000000', n, $4, $5,
    '20000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'), 'kms.amazonaws.com', name, user_name, 'AKIA' || user_name,
    name NOT IN ('CreateKey', 'DisableKey'), key, '', '', repeat('0', 64),
    '{"eventName":"' || name || '","userIdentity":{"type":"IAMUser","userName":"' || user_name ||
    '"},"requestParameters":{"keyId":"' || key || '"},"padding":"' || repeat('x', 600) || '"}'
  FROM (
    SELECT n, CASE WHEN n % 100000 = 0 THEN 'DisableKey' WHEN n % 10000 = 0 THEN 'CreateKey'
        WHEN n % 3 = 0 THEN 'Decrypt' WHEN n % 3 = 1 THEN 'Encrypt' ELSE 'GenerateDataKey' END AS name,
      'user-' || n % 100 AS user_name, 'arn:aws:kms:eu-central-1:111122223333:key/' || n % 1000 AS key
    FROM generate_series($6::bigint, $7::bigint) AS n) AS made`;

/**
 * Pages of fifty of LookupEvents among many records, spread over ninety days: by each attribute, alone and within a day.
 *
 * @returns a table of milliseconds
 */
export async function measureLookups(records: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'keywarden-lookups-'));
  const postgres = await startKeptPostgres(join(folder, 'postgres'));
  const store = openPostgres({ url: postgres.url, poolSize: 2, statementTimeoutMs: 60_000 });
  try {
    await store.migrate();
    const start = Math.floor(Date.now() / dayMs) * dayMs - days * dayMs;
    await fillRecords(postgres.url, start, records);
    const day = { from: instant(start + 40 * dayMs), to: instant(start + 41 * dayMs) };
    const rows: string[][] = [];
    for (const [title, attribute] of attributes(records)) {
      const cells = [title];
      for (const range of [{}, day]) {
        const times: number[] = [];
        for (let round = 0; round < rounds; round += 1) {
          const began = performance.now();
          await store.auditIndex.find({ account, region, ...range, ...(attribute && { attribute }), limit: 51 });
          times.push(performance.now() - began);
        }
        cells.push(figure(median(times)), figure(Math.max(...times)));
      }
      rows.push(cells);
    }
    return markdownTable(['by', 'median ms', 'max ms', 'within a day: median ms', 'max ms'], rows);
  } finally {
    await store.close();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function attributes(records: number): readonly (readonly [string, LookupAttribute | undefined])[] {
  const some = Math.floor(records / 2);
  return [
    ['time alone', undefined],
    ['EventId', { key: 'EventId', value: `20000000-0000-4000-8000-${some.toString(16).padStart(12, '0')}` }],
    ['EventName, frequent', { key: 'EventName', value: 'Encrypt' }],
    ['EventName, one in 100,000', { key: 'EventName', value: 'DisableKey' }],
    ['EventName, none', { key: 'EventName', value: 'PutKeyPolicy' }],
    ['ResourceName, one in 1,000', { key: 'Resource', value: 'arn:aws:kms:eu-central-1:111122223333:key/7' }],
    ['ResourceName, none', { key: 'Resource', value: 'arn:aws:kms:eu-central-1:111122223333:key/none' }],
    ['Username', { key: 'Username', value: 'user-42' }],
    ['AccessKeyId', { key: 'AccessKeyId', value: 'AKIAuser-42' }],
    ['ReadOnly false', { key: 'ReadOnly', value: false }],
  ];
}

async function fillRecords(url: string, start: number, records: number): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('SET synchronous_commit = off');
    const first = Math.floor(start / dayMs);
    for (let day = first; day <= first + days; day += 1) await client.query('SELECT audit_partition($1)', [day]);
    for (let from = 1; from <= records; from += batch) {
      const to = Math.min(records, from + batch - 1);
      await client.query(fill, [start, days * dayMs, records, account, region, from, to]);
      if (to % 1_000_000 === 0) console.error(`${to} records`);
    }
    await client.query('ANALYZE audit_records');
  } finally {
    await client.end();
  }
}
