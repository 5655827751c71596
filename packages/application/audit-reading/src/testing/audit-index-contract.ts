import { type AccountId, type Region, plusMilliseconds } from '@keywarden/kernel';
import type { AuditIndex, RecordQuery } from '../audit-index';
import type { IndexedRecord } from '../in-memory-audit-index';
import { aRecord, chainOf } from './a-record';

const { account, region } = aRecord(1);
const elsewhere = { account: '444455556666' as AccountId, region: 'eu-west-1' as Region };
const day = 86_400_000;
const longKept = 'eu-north-1' as Region;
const key = (name: string): string => `arn:aws:kms:eu-central-1:111122223333:key/${name}`;
const alias = 'arn:aws:kms:eu-central-1:111122223333:alias/payments';

const records: readonly IndexedRecord[] = [
  aRecord(1),
  aRecord(2, { eventName: 'DisableKey', readOnly: false, resources: [key('two')] }),
  aRecord(3, { userName: 'bob', accessKeyId: 'ASIAIOSFODNN7EXAMPLE' }),
  aRecord(4, { eventName: 'CreateAlias', readOnly: false, resources: [alias, key('two')] }),
  aRecord(5, { source: 'iam.amazonaws.com', eventName: 'ListUsers', resources: [] }),
  aRecord(6, { account: elsewhere.account }),
  aRecord(7, { region: elsewhere.region }),
  // Of the same instant as the fifth, in another chain.
  aRecord(8, { at: aRecord(5).at, chain: chainOf(2), seq: 1 }),
  // Over more than a year before the first, and of all of them the last one alone is bob's.
  ...[day, 2 * day, 2 * day + 1, 10 * day, 10 * day + 1, 90 * day, 400 * day].map((age, index) => {
    const at = plusMilliseconds(aRecord(1).at, -age);
    return aRecord(11 + index, { region: longKept, at, userName: age === 400 * day ? 'bob' : 'alice' });
  }),
];

/** What every `AuditIndex` finds. @param makeIndex over these records and no others */
export function auditIndexContract(makeIndex: (records: readonly IndexedRecord[]) => Promise<AuditIndex>): void {
  describe('AuditIndex', () => {
    let index: AuditIndex;
    beforeAll(async () => {
      index = await makeIndex(records);
    });
    const numbers = async (query: Partial<RecordQuery>): Promise<readonly number[]> => {
      const found = await index.find({ account, region, limit: 100, ...query });
      return found.map(({ eventId }) => Number(eventId.slice(-12)));
    };

    it('finds the records of one account and Region, newest first', async () => {
      expect(await numbers({})).toEqual([8, 5, 4, 3, 2, 1]);
      expect(await numbers({ account: elsewhere.account })).toEqual([6]);
      expect(await numbers({ region: elsewhere.region })).toEqual([7]);
      expect(await numbers({ ...elsewhere })).toEqual([]);
    });

    it.each<[RecordQuery['attribute'] & object, readonly number[]]>([
      [{ key: 'EventId', value: aRecord(3).eventId }, [3]],
      [{ key: 'EventName', value: 'DisableKey' }, [2]],
      [{ key: 'EventSource', value: 'iam.amazonaws.com' }, [5]],
      [{ key: 'Username', value: 'bob' }, [3]],
      [{ key: 'AccessKeyId', value: 'ASIAIOSFODNN7EXAMPLE' }, [3]],
      [{ key: 'ReadOnly', value: false }, [4, 2]],
      [{ key: 'Resource', value: key('two') }, [4, 2]],
      [{ key: 'ResourceKind', value: 'alias' }, [4]],
      [{ key: 'ResourceKind', value: 'key' }, [8, 4, 3, 2, 1]],
      [{ key: 'Username', value: 'BOB' }, []],
      [{ key: 'EventName', value: '%' }, []],
      [{ key: 'EventName', value: "' OR true --" }, []],
      [{ key: 'Resource', value: '' }, []],
    ])('finds %j', async (attribute, found) => {
      expect(await numbers({ attribute })).toEqual(found);
    });

    it('takes both ends of a time as belonging to it', async () => {
      expect(await numbers({ from: aRecord(2).at, to: aRecord(4).at })).toEqual([4, 3, 2]);
      expect(await numbers({ from: aRecord(9).at })).toEqual([]);
    });

    it('finds records however old they are, and as many as are asked for', async () => {
      expect(await numbers({ region: longKept })).toEqual([11, 12, 13, 14, 15, 16, 17]);
      expect(await numbers({ region: longKept, to: aRecord(1).at })).toEqual([11, 12, 13, 14, 15, 16, 17]);
      expect(await numbers({ region: longKept, limit: 4 })).toEqual([11, 12, 13, 14]);
      expect(await numbers({ region: longKept, attribute: { key: 'Username', value: 'bob' } })).toEqual([17]);
      const { at, chain, seq } = records.find((record) => record.region === longKept && record.seq === 12)!;
      expect(await numbers({ region: longKept, before: { at, chain, seq }, limit: 3 })).toEqual([13, 14, 15]);
      expect(await numbers({ region: longKept, to: at, limit: 2 })).toEqual([12, 13]);
    });

    it('goes on after any record, also among those of one instant', async () => {
      const seen: number[] = [];
      let query: Partial<RecordQuery> = { limit: 1 };
      for (let page = 0; page < 10; page += 1) {
        const [found] = await index.find({ account, region, limit: 1, ...query });
        if (found === undefined) break;
        seen.push(Number(found.eventId.slice(-12)));
        query = { before: { at: found.at, chain: found.chain, seq: found.seq } };
      }
      expect(seen).toEqual([8, 5, 4, 3, 2, 1]);
    });

    it('gives back text and columns as they were written', async () => {
      const { account: _account, region: _region, resources: _resources, ...third } = aRecord(3, records[2]);
      const [found] = await index.find({
        account,
        region,
        attribute: { key: 'EventId', value: third.eventId },
        limit: 1,
      });
      expect(found).toEqual({ ...third, text: records[2]!.text });
    });
  });
}
