import type { ChainedRecord, StoredRecord } from '@keywarden/audit';

/** Between fields and between rows. INVARIANT: neither a JSON text nor a column text holds control characters. */
const fieldEnd = '\x1f';
const rowEnd = '\x1e';

/**
 * Many records as one parameter: what is made for each call is one text, and no array for Postgres to be quoted.
 *
 * The fields in this order: recorded_at, seq, account_id, region, event_id, event_source, event_name, user_name,
 * access_key_id, read_only, the three resources, hash, record.
 */
export function rowsText(records: readonly ChainedRecord[]): string {
  return records.map(rowText).join(rowEnd);
}

function rowText(record: ChainedRecord): string {
  const [one = '', two = '', three = ''] = record.resources;
  return [
    record.at,
    record.seq,
    record.account,
    record.region,
    record.eventId,
    record.source,
    record.eventName,
    record.userName,
    record.accessKeyId,
    record.readOnly ? 't' : 'f',
    one,
    two,
    three,
    record.hash,
    record.text,
  ].join(fieldEnd);
}

export const recordColumns =
  'recorded_at, seq, account_id, region, event_id, event_source, event_name, user_name, access_key_id, read_only, ' +
  'resource_1, resource_2, resource_3, hash, record';

/** A row of `audit_records`, as `recordColumns` selects it. */
export interface AuditRow {
  readonly recorded_at: number;
  readonly seq: number;
  readonly account_id: string;
  readonly region: string;
  readonly event_id: string;
  readonly event_source: string;
  readonly event_name: string;
  readonly user_name: string;
  readonly access_key_id: string;
  readonly read_only: boolean;
  readonly resource_1: string;
  readonly resource_2: string;
  readonly resource_3: string;
  readonly hash: string;
  readonly record: string;
}

export function storedRecordOf(row: AuditRow): StoredRecord {
  return {
    at: row.recorded_at,
    seq: row.seq,
    account: row.account_id,
    region: row.region,
    eventId: row.event_id,
    source: row.event_source,
    eventName: row.event_name,
    userName: row.user_name,
    accessKeyId: row.access_key_id,
    readOnly: row.read_only,
    resources: [row.resource_1, row.resource_2, row.resource_3].filter((resource) => resource !== ''),
    hash: row.hash,
    text: row.record,
  };
}
