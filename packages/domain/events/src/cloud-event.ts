import { arnOf } from '@keywarden/keys';
import { type RecordedEvent, isoOf } from './event-details';

/** The three kinds of event that AWS KMS itself sends; the names keep the old word for a KMS key. */
const awsDetailTypes: Readonly<Record<string, string>> = {
  KeyRotated: 'KMS CMK Rotation',
  KeyMaterialExpired: 'KMS Imported Key Material Expiration',
  KeyDeleted: 'KMS CMK Deletion',
};

/**
 * An event as EventBridge shows those of AWS KMS. What AWS has no event for names `keywarden.kms` as its source and its
 * own type in words.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/kms-events.html
 */
export interface EventBridgeEnvelope {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: 'aws.kms' | 'keywarden.kms';
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly [string];
  readonly detail: Readonly<Record<string, unknown>>;
}

/** @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md */
export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  /** Sorts the events of one key as they happened. @see https://github.com/cloudevents/spec/blob/main/cloudevents/extensions/sequence.md */
  readonly sequence: string;
  readonly data: EventBridgeEnvelope;
}

export function eventBridgeEnvelope(event: RecordedEvent): EventBridgeEnvelope {
  const known = Object.hasOwn(awsDetailTypes, event.type) ? awsDetailTypes[event.type] : undefined;
  return {
    version: '0',
    id: event.id,
    'detail-type': known ?? `Keywarden ${inWords(event.type)}`,
    source: known === undefined ? 'keywarden.kms' : 'aws.kms',
    account: event.key.account,
    // EventBridge knows whole seconds.
    time: `${isoOf(event.at).slice(0, 19)}Z`,
    region: event.key.region,
    resources: [arnOf(event.key)],
    detail: { 'key-id': event.key.id, ...event.details },
  };
}

export function cloudEvent(event: RecordedEvent): CloudEvent {
  return {
    specversion: '1.0',
    id: event.id,
    source: `urn:keywarden:kms:${event.key.region}:${event.key.account}`,
    type: `keywarden.kms.${event.type}`,
    subject: arnOf(event.key),
    time: isoOf(event.at),
    datacontenttype: 'application/json',
    sequence: String(event.sequence).padStart(19, '0'),
    data: eventBridgeEnvelope(event),
  };
}

/** `KeyDeletionScheduled` → `Key Deletion Scheduled`. */
function inWords(type: string): string {
  return type.replace(/(?<=[a-z])(?=[A-Z])/g, ' ');
}
