import type { Tenancy } from '@keywarden/kernel';
import type { KeyName } from '@keywarden/keys';
import type { RecordedEvent } from './event-details';

export interface EventQuery {
  /** Only those of one copy of a key. */
  readonly key?: Tenancy & KeyName;
  /** Only those behind this sequence number. */
  readonly after?: number;
  /** 1 to 1,000 */
  readonly limit: number;
}

/**
 * What happened to KMS keys, as their repositories recorded it: an event is written in the transaction of the change it
 * tells of, while the key is held, so that along one key the sequence numbers follow the order of the changes.
 */
export interface EventLog {
  /** By ascending sequence number. */
  list(query: EventQuery): Promise<readonly RecordedEvent[]>;

  /**
   * Removes events that happened before `before` and that no destination waits for any more.
   *
   * @param limit at most that many at once, 1 to 10,000
   * @returns how many were removed
   */
  purge(before: number, limit: number): Promise<number>;
}
