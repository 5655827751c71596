import type { ChainedRecord } from '@keywarden/audit';
import { aChain } from '@keywarden/audit/testing';
import { RowsWriter } from './audit-row';

const chain = '00000000-0000-4000-8000-000000000001';

/** As the statement that appends records takes them apart. */
function fieldsOf(bytes: Buffer): readonly (readonly string[])[] {
  return bytes
    .toString('utf8')
    .split('\x1e')
    .map((row) => row.split('\x1f'));
}

const written = (records: readonly ChainedRecord[]): readonly (readonly string[])[] =>
  fieldsOf(new RowsWriter().write(records));

describe('records as one parameter', () => {
  it('names the columns in the order of the statement', () => {
    const [record] = aChain(chain, 1);
    if (record === undefined) throw new Error('no record');
    const { at, seq, account, region, eventId, source, eventName, userName, accessKeyId, resources, hash, text } =
      record;
    expect(written([record])).toEqual([
      [
        ...[String(at), String(seq), account, region, eventId, source, eventName, userName, accessKeyId, 't'],
        ...[resources[0], '', '', hash, text],
      ],
    ]);
  });

  it('keeps rows apart, and every character of a text, however long they are', () => {
    const texts = ['{}', 'ü€😀'.repeat(200_000), '', '\u0080'];
    const records = aChain(chain, texts.length).map((record, index) => ({ ...record, text: texts[index] ?? '' }));
    expect(written(records).map((fields) => fields[14] === texts[Number(fields[1]) - 1])).toEqual(
      texts.map(() => true),
    );
  });

  it('writes a short batch after a long one into the same memory', () => {
    const rows = new RowsWriter();
    const [first, second] = aChain(chain, 2);
    if (first === undefined || second === undefined) throw new Error('no records');
    rows.write([{ ...first, text: 'x'.repeat(3_000_000) }]);
    const long = rows.write([first]).buffer;
    const short = rows.write([second]);
    expect(fieldsOf(short).map((fields) => fields[14])).toEqual([second.text]);
    expect(short.buffer).toBe(long);
  });
});
