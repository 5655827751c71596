import type { Instant, Tenancy } from '@keywarden/kernel';

/** Where a record stands: by time, and within one instant by its chain and its number there. */
export interface RecordPosition {
  readonly at: Instant;
  readonly chain: string;
  readonly seq: number;
}

/** What records can be looked up by, besides time. `Resource` and `ResourceKind` look at all resources of a record. */
export type LookupAttribute =
  | { readonly key: 'EventId' | 'EventName' | 'EventSource' | 'Username' | 'AccessKeyId'; readonly value: string }
  | { readonly key: 'Resource'; readonly value: string }
  | { readonly key: 'ResourceKind'; readonly value: 'key' | 'alias' }
  | { readonly key: 'ReadOnly'; readonly value: boolean };

export interface RecordQuery extends Tenancy {
  readonly attribute?: LookupAttribute;
  /** Both ends included. */
  readonly from?: Instant;
  readonly to?: Instant;
  /** The last record of the page before: what follows is older. */
  readonly before?: RecordPosition;
  /** 1 to 1,000 */
  readonly limit: number;
}

/** A record as it was written, and its columns. */
export interface FoundRecord extends RecordPosition {
  readonly eventId: string;
  readonly source: string;
  readonly eventName: string;
  readonly userName: string;
  readonly accessKeyId: string;
  readonly readOnly: boolean;
  /** CloudTrail's JSON. */
  readonly text: string;
}

/** Finds records of one account and Region by an attribute and time. */
export interface AuditIndex {
  /** Newest first. */
  find(query: RecordQuery): Promise<readonly FoundRecord[]>;
}
