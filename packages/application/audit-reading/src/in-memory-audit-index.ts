import type { Tenancy } from '@keywarden/kernel';
import type { AuditIndex, FoundRecord, LookupAttribute, RecordPosition, RecordQuery } from './audit-index';

/** A record with where it belongs and what it is about. */
export interface IndexedRecord extends FoundRecord, Tenancy {
  readonly resources: readonly string[];
}

/** Looks through a list: for tests, and for what is small enough to be one. */
export class InMemoryAuditIndex implements AuditIndex {
  constructor(private readonly records: readonly IndexedRecord[]) {}

  async find({ account, region, attribute, from, to, before, limit }: RecordQuery): Promise<readonly FoundRecord[]> {
    return this.records
      .filter(
        (record) =>
          record.account === account &&
          record.region === region &&
          (from === undefined || record.at >= from) &&
          (to === undefined || record.at <= to) &&
          (before === undefined || newestFirst(before, record) < 0) &&
          (attribute === undefined || has(record, attribute)),
      )
      .sort(newestFirst)
      .slice(0, limit)
      .map(({ account: _account, region: _region, resources: _resources, ...found }) => found);
  }
}

/** Later ones before earlier ones; of one instant, by chain and number, descending as well. */
function newestFirst(left: RecordPosition, right: RecordPosition): number {
  if (left.at !== right.at) return right.at - left.at;
  if (left.chain !== right.chain) return left.chain < right.chain ? 1 : -1;
  return right.seq - left.seq;
}

function has(record: IndexedRecord, attribute: LookupAttribute): boolean {
  switch (attribute.key) {
    case 'EventId':
      return record.eventId === attribute.value;
    case 'EventName':
      return record.eventName === attribute.value;
    case 'EventSource':
      return record.source === attribute.value;
    case 'Username':
      return record.userName === attribute.value;
    case 'AccessKeyId':
      return record.accessKeyId === attribute.value;
    case 'ReadOnly':
      return record.readOnly === attribute.value;
    case 'Resource':
      return record.resources.includes(attribute.value);
    case 'ResourceKind':
      return record.resources.some((name) => name.includes(`:${attribute.value}/`));
  }
}
