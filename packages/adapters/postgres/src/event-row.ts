import type { EventDetails, RecordedEvent } from '@keywarden/events';
import { instant, parseKeyId } from '@keywarden/kernel';
import { corrupt } from './corrupt-row';
import { tenancyOf } from './key-row';

/** A row of `key_events`, as `eventColumns` selects it. */
export interface EventRow {
  readonly sequence: number;
  readonly event_id: string;
  readonly account_id: string;
  readonly region: string;
  readonly key_id: string;
  readonly happened_at: number;
  readonly type: string;
  readonly details: EventDetails;
}

/** Of the table `key_events e`. */
export const eventColumns =
  'e.sequence, e.id AS event_id, e.account_id, e.region, e.key_id, e.happened_at, e.type, e.details';

export function eventOf(row: EventRow): RecordedEvent {
  return {
    id: row.event_id,
    sequence: row.sequence,
    key: { ...tenancyOf(row), id: parseKeyId(row.key_id) ?? corrupt('key_id') },
    at: instant(row.happened_at),
    type: row.type,
    details: row.details,
  };
}
