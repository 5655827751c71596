import { plusMilliseconds } from '@keywarden/kernel';
import { InMemoryAuditIndex, type IndexedRecord } from './in-memory-audit-index';
import { NewRecords, recordsNewestFirst } from './record-streams';
import { aRecord } from './testing/a-record';

const { account, region } = aRecord(1);

describe('records as a stream', () => {
  it('come newest first, each once, over as many pages as there are', async () => {
    const records = Array.from({ length: 2_345 }, (_, index) => aRecord(index + 1));
    const seen: number[] = [];
    for await (const { seq } of recordsNewestFirst(new InMemoryAuditIndex(records), { account, region }))
      seen.push(seq);
    expect(seen).toEqual(records.map(({ seq }) => seq).reverse());
  });
});

describe('new records', () => {
  it('are told once, oldest first, also when they come late', async () => {
    const records: IndexedRecord[] = [aRecord(1), aRecord(2)];
    const fresh = new NewRecords(new InMemoryAuditIndex(records), { account, region }, aRecord(2).at);
    const numbers = async () => (await fresh.next()).map(({ seq }) => seq);
    expect(await numbers()).toEqual([2]);
    records.push(aRecord(20), aRecord(19));
    expect(await numbers()).toEqual([19, 20]);
    expect(await numbers()).toEqual([]);
    // Written down by a slower node, ten seconds before what was seen already.
    records.push(aRecord(10));
    expect(await numbers()).toEqual([10]);
    records.push(aRecord(21, { at: plusMilliseconds(aRecord(20).at, 60_000) }));
    expect(await numbers()).toEqual([21]);
    expect(await numbers()).toEqual([]);
  });
});
