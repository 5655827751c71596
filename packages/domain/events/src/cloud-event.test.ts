import { instant } from '@keywarden/kernel';
import { aKmsKey } from '@keywarden/keys/testing';
import { cloudEvent } from './cloud-event';
import type { RecordedEvent } from './event-details';

const { account, region, id } = aKmsKey();
const event: RecordedEvent = {
  id: '11111111-2222-4333-8444-555555555555',
  sequence: 42,
  key: { account, region, id },
  at: instant(Date.UTC(2026, 5, 1, 12, 0, 0, 789)),
  type: 'KeyRotated',
  details: { 'rotation-type': 'AUTOMATIC' },
};
const arn = `arn:aws:kms:${region}:${account}:key/${id}`;

describe('a CloudEvent', () => {
  it('holds the attributes of version 1.0 and the EventBridge envelope as its data', () => {
    expect(cloudEvent(event)).toEqual({
      specversion: '1.0',
      id: event.id,
      source: 'urn:keywarden:kms:eu-central-1:111122223333',
      type: 'keywarden.kms.KeyRotated',
      subject: arn,
      time: '2026-06-01T12:00:00.789Z',
      datacontenttype: 'application/json',
      sequence: '0000000000000000042',
      data: {
        version: '0',
        id: event.id,
        'detail-type': 'KMS CMK Rotation',
        source: 'aws.kms',
        account,
        time: '2026-06-01T12:00:00Z',
        region,
        resources: [arn],
        detail: { 'key-id': id, 'rotation-type': 'AUTOMATIC' },
      },
    });
  });

  it.each([
    ['KeyRotated', 'KMS CMK Rotation', 'aws.kms'],
    ['KeyMaterialExpired', 'KMS Imported Key Material Expiration', 'aws.kms'],
    ['KeyDeleted', 'KMS CMK Deletion', 'aws.kms'],
    ['KeyDeletionScheduled', 'Keywarden Key Deletion Scheduled', 'keywarden.kms'],
    ['constructor', 'Keywarden constructor', 'keywarden.kms'],
  ])('of the type %s has the detail-type "%s" of %s', (type, detailType, source) => {
    expect(cloudEvent({ ...event, type }).data).toMatchObject({ 'detail-type': detailType, source });
  });

  it('sorts by sequence as text', () => {
    const texts = [9, 10, 100_000_000].map((sequence) => cloudEvent({ ...event, sequence }).sequence);
    expect([...texts].sort()).toEqual(texts);
  });
});
