import { InMemoryAuditIndex, type IndexedRecord } from './in-memory-audit-index';
import { keyImpact } from './key-impact';
import { aRecord } from './testing/a-record';

const { account, region, resources } = aRecord(1);
const arn = resources[0] ?? '';
const bob = `arn:aws:iam::${account}:user/bob`;

/** A record whose text says more than its columns. */
function withMembers(seq: number, members: object, changes: Partial<IndexedRecord> = {}): IndexedRecord {
  const record = aRecord(seq, changes);
  return { ...record, text: JSON.stringify({ ...(JSON.parse(record.text) as object), ...members }) };
}

const impactOf = (records: readonly IndexedRecord[], most = 10_000) =>
  keyImpact(new InMemoryAuditIndex(records), { account, region }, arn, { most });

describe('the impact of a key', () => {
  it('says who used it, how, under which names, and when, the latest first', async () => {
    const impact = await impactOf([
      withMembers(1, { requestParameters: { keyId: 'alias/payments' } }),
      withMembers(2, { additionalEventData: { grantId: 'f'.repeat(64) } }, { userName: 'bob', eventName: 'Decrypt' }),
      withMembers(3, { errorCode: 'AccessDenied' }, { userName: 'bob', eventName: 'Decrypt' }),
      aRecord(4, { resources: ['arn:aws:kms:eu-central-1:111122223333:key/other'] }),
    ]);
    expect(impact).toMatchObject({ records: 3, since: aRecord(1).at, truncated: false });
    expect(impact.principals.map(({ principal }) => principal)).toEqual([bob, bob.replace('bob', 'alice')]);
    expect(impact.principals[0]).toMatchObject({
      calls: 2,
      refused: 1,
      operations: new Map([['Decrypt', 2]]),
      grants: new Set(['f'.repeat(64)]),
      first: aRecord(2).at,
      last: aRecord(3).at,
    });
    expect(impact.principals[1]?.aliases).toEqual(new Set(['alias/payments']));
  });

  it('reads page after page, and says when it stopped before the end', async () => {
    const records = Array.from({ length: 2_500 }, (_, index) => aRecord(index + 1));
    expect(await impactOf(records)).toMatchObject({ records: 2_500, truncated: false });
    expect(await impactOf(records, 1_500)).toMatchObject({ records: 1_500, truncated: true, since: aRecord(1_001).at });
  });

  it('of a key that nobody used is empty', async () => {
    expect(await impactOf([])).toEqual({ principals: [], records: 0, since: undefined, truncated: false });
  });
});
