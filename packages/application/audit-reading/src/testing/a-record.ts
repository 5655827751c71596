import { type AccountId, type Region, instant, plusMilliseconds } from '@keywarden/kernel';
import type { IndexedRecord } from '../in-memory-audit-index';

const start = instant(Date.UTC(2026, 5, 1));

export const chainOf = (count: number): string => `10000000-0000-4000-8000-${String(count).padStart(12, '0')}`;

/** The record number `seq` of the first chain, a second after the one before; its text says what its columns say. */
export function aRecord(seq: number, changes: Partial<IndexedRecord> = {}): IndexedRecord {
  const record = {
    account: '111122223333' as AccountId,
    region: 'eu-central-1' as Region,
    at: plusMilliseconds(start, seq * 1_000),
    chain: chainOf(1),
    seq,
    eventId: `20000000-0000-4000-8000-${String(seq).padStart(12, '0')}`,
    source: 'kms.amazonaws.com',
    eventName: 'Encrypt',
    userName: 'alice',
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    readOnly: true,
    resources: ['arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'],
    ...changes,
  };
  const { eventId: eventID, source: eventSource, eventName, userName, accessKeyId, readOnly, resources } = record;
  const written = {
    userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::${record.account}:user/${userName}`, userName, accessKeyId },
    eventSource,
    eventName,
    eventID,
    readOnly,
    resources: resources.map((ARN) => ({ accountId: record.account, type: 'AWS::KMS::Key', ARN })),
  };
  return { text: JSON.stringify(written), ...record };
}
