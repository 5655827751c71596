import type { ChainedRecord, StoredRecord } from '@keywarden/audit';

/** Between fields and between rows. INVARIANT: neither a JSON text nor a column text holds control characters. */
const fieldEnd = '\x1f';
const rowEnd = '\x1e';

/** Bytes, at most, that are kept from one batch to the next. */
const longestKept = 4 * 1_024 * 1_024;

/**
 * Many records as one parameter, written into the same memory batch by batch: as a text of their own they would be a
 * large object for the garbage collector, and as an array something for Postgres to unquote.
 */
export class RowsWriter {
  #bytes = Buffer.allocUnsafeSlow(256 * 1_024);
  #length = 0;

  /**
   * The fields in this order: recorded_at, seq, account_id, region, event_id, event_source, event_name, user_name,
   * access_key_id, read_only, the three resources, hash, record.
   *
   * @returns UTF-8, good until the next call
   */
  write(records: readonly ChainedRecord[]): Buffer {
    if (this.#bytes.length > longestKept) this.#bytes = Buffer.allocUnsafeSlow(longestKept);
    this.#length = 0;
    for (const record of records) {
      this.#add((this.#length === 0 ? '' : rowEnd) + columnsText(record));
      this.#add(record.text);
    }
    return this.#bytes.subarray(0, this.#length);
  }

  #add(text: string): void {
    // No character takes more than three bytes for each of its UTF-16 units.
    const needed = this.#length + text.length * 3;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    this.#length += this.#bytes.write(text, this.#length, 'utf8');
  }
}

function columnsText(record: ChainedRecord): string {
  const { at, seq, account, region, eventId, source, eventName, userName, accessKeyId, readOnly, hash } = record;
  const [one = '', two = '', three = ''] = record.resources;
  const place = `${at}${fieldEnd}${seq}${fieldEnd}${account}${fieldEnd}${region}${fieldEnd}${eventId}${fieldEnd}${source}`;
  const who = `${eventName}${fieldEnd}${userName}${fieldEnd}${accessKeyId}${fieldEnd}${readOnly ? 't' : 'f'}`;
  return `${place}${fieldEnd}${who}${fieldEnd}${one}${fieldEnd}${two}${fieldEnd}${three}${fieldEnd}${hash}${fieldEnd}`;
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
