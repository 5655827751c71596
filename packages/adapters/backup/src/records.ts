import { DamagedBackup } from './chunk-cipher';

/** What the stream inside a backup is made of: a type, a length, that many bytes. */
export type BackupRecord = { readonly type: RecordType; readonly body: Buffer };
/** Of a table: its begin as JSON, its rows, its end. At last the manifest, and the signature over it. */
export type RecordType = 'table' | 'rows' | 'end' | 'manifest' | 'signature';

const codes: Readonly<Record<RecordType, number>> = { table: 1, rows: 2, end: 3, manifest: 4, signature: 5 };
const headBytes = 5;
const longestBody = 16 * 1_048_576;

export function encodeRecord(type: RecordType, body: Uint8Array | string): Buffer {
  const bytes = Buffer.from(body as Uint8Array);
  const head = Buffer.alloc(headBytes);
  head[0] = codes[type];
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

/** @throws DamagedBackup */
export async function* decodeRecords(source: AsyncIterable<Buffer>): AsyncGenerator<BackupRecord> {
  let held: Buffer = Buffer.alloc(0);
  for await (const part of source) {
    held = held.length === 0 ? part : Buffer.concat([held, part]);
    for (;;) {
      if (held.length < headBytes) break;
      const length = held.readUInt32BE(1);
      if (length > longestBody) throw new DamagedBackup('the backup holds a record that is too long');
      if (held.length < headBytes + length) break;
      const type = (Object.keys(codes) as RecordType[]).find((each) => codes[each] === held[0]);
      if (type === undefined) throw new DamagedBackup('the backup holds a record of an unknown type');
      yield { type, body: held.subarray(headBytes, headBytes + length) };
      held = held.subarray(headBytes + length);
    }
  }
  if (held.length > 0) throw new DamagedBackup('the backup ends within a record');
}
