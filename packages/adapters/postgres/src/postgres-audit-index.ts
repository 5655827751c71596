import type { AuditIndex, FoundRecord, LookupAttribute, RecordQuery } from '@keywarden/audit-reading';
import { type Clock, instant } from '@keywarden/kernel';
import type { AuditRow } from './audit-row';
import type { Database } from './database';
import { windowsOf } from './lookup-windows';
import { type Statement, statement } from './statement';

/** Of a row what a look-up shows, and the chain it stands in. */
type FoundRow = Omit<AuditRow, 'account_id' | 'region' | 'resource_1' | 'resource_2' | 'resource_3' | 'hash'> & {
  readonly chain: string;
};

const columns = `recorded_at, chain, seq, event_id, event_source, event_name, user_name, access_key_id, read_only, record`;
const order = 'ORDER BY recorded_at DESC, chain DESC, seq DESC';

/** Records of one account and Region and time, after a position; the condition may ask for `$9`. */
const matching = (condition: string): string =>
  `SELECT ${columns} FROM audit_records
   WHERE account_id = $1 AND region = $2 AND recorded_at BETWEEN $3 AND $4
     AND recorded_at <= $5 AND (recorded_at, chain, seq) < ($5, $6::uuid, $7) AND ${condition}
   ${order} LIMIT $8`;

const by = (name: string, condition: string): Statement => statement(`find_audit_by_${name}`, matching(condition));

/** Each resource column has an index of its own: three short lists are merged. */
const byResource = statement(
  'find_audit_by_resource',
  `SELECT * FROM (
     ${[1, 2, 3].map((place) => `(${matching(`resource_${place} = $9 AND resource_${place} <> ''`)})`).join('\n     UNION ALL\n     ')}
   ) found ${order} LIMIT $8`,
);

/** There is one, or a few: found first by their index, whatever the planner makes of order and limit. */
const byEventId = statement(
  'find_audit_by_event_id',
  `WITH found AS MATERIALIZED (
     SELECT * FROM audit_records WHERE event_id = $9 AND recorded_at BETWEEN $3 AND $4)
   ${matching('TRUE').replace('FROM audit_records', 'FROM found')}`,
);

/** Written out, because each has an index of its own. */
const reading = by('reading', '$9::boolean AND read_only');
const writing = by('writing', 'NOT $9::boolean AND NOT read_only');

const kindOfAny = (kind: string): string =>
  `(resource_1 LIKE '%:${kind}/%' OR resource_2 LIKE '%:${kind}/%' OR resource_3 LIKE '%:${kind}/%')`;

const statements: { readonly [K in Exclude<LookupAttribute['key'], 'ReadOnly'> | 'none']: Statement } = {
  none: statement('find_audit', matching('$9::text IS NULL')),
  EventId: byEventId,
  EventName: by('event_name', 'event_name = $9'),
  EventSource: by('event_source', 'event_source = $9'),
  Username: by('user_name', "user_name = $9 AND user_name <> ''"),
  AccessKeyId: by('access_key_id', "access_key_id = $9 AND access_key_id <> ''"),
  Resource: byResource,
  ResourceKind: by('resource_kind', `CASE $9 WHEN 'key' THEN ${kindOfAny('key')} ELSE ${kindOfAny('alias')} END`),
};

const farthest = instant(8_640_000_000_000_000);
const farthestPast = instant(-8_640_000_000_000_000);
const lastChain = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/**
 * Looks records up in `audit_records`, whose partitions and indexes are made for these questions, the newest days first.
 */
export class PostgresAuditIndex implements AuditIndex {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  async find(query: RecordQuery): Promise<readonly FoundRecord[]> {
    const { account, region, attribute, from = farthestPast, to = farthest, before, limit } = query;
    const { at, chain, seq } = before ?? { at: farthest, chain: lastChain, seq: Number.MAX_SAFE_INTEGER };
    const value = attribute?.value ?? null;
    // U+0000 is in no column, and Postgres takes none.
    const asked = typeof value === 'string' ? value.replaceAll('\0', ' ') : value;
    const found: FoundRecord[] = [];
    for (const window of windowsOf({ from, to: at < to ? at : to }, this.#clock.now())) {
      const left = limit - found.length;
      const values = [account, region, window.from, window.to, at, chain, seq, left, asked];
      const statement = { ...statementFor(attribute), plannedAnew: window.short };
      const { rows } = await this.#database.query<FoundRow>(statement, values);
      for (const row of rows) found.push(foundOf(row));
      if (rows.length === left) break;
    }
    return found;
  }
}

function statementFor(attribute: LookupAttribute | undefined): Statement {
  if (attribute?.key === 'ReadOnly') return attribute.value ? reading : writing;
  return statements[attribute?.key ?? 'none'];
}

function foundOf(row: FoundRow): FoundRecord {
  return {
    at: instant(row.recorded_at),
    chain: row.chain,
    seq: row.seq,
    eventId: row.event_id,
    source: row.event_source,
    eventName: row.event_name,
    userName: row.user_name,
    accessKeyId: row.access_key_id,
    readOnly: row.read_only,
    text: row.record,
  };
}
