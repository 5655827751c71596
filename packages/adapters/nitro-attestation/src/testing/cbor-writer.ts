/** Bytes that are CBOR already. */
class Encoded {
  constructor(readonly bytes: Uint8Array) {}
}

export type CborInput =
  number | string | null | Uint8Array | Encoded | readonly CborInput[] | ReadonlyMap<number | string, CborInput>;

/** Writes what tests need to build documents, wrong ones included. */
export function writeCbor(value: CborInput): Uint8Array {
  if (value === null) return Buffer.of(0xf6);
  if (value instanceof Encoded) return value.bytes;
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  if (value instanceof Map) return Buffer.concat([head(5, value.size), ...members(value)]);
  const elements = value as readonly CborInput[];
  return Buffer.concat([head(4, elements.length), ...elements.map(writeCbor)]);
}

export function cborBytes(bytes: Uint8Array): CborInput {
  return new Encoded(bytes);
}

export function tagged(tag: number, value: CborInput): CborInput {
  return new Encoded(Buffer.concat([head(6, tag), writeCbor(value)]));
}

export function indefiniteArray(elements: readonly CborInput[]): CborInput {
  return new Encoded(Buffer.concat([Buffer.of(0x9f), ...elements.map(writeCbor), Buffer.of(0xff)]));
}

export function indefiniteMap(entries: ReadonlyMap<number | string, CborInput>): CborInput {
  return new Encoded(Buffer.concat([Buffer.of(0xbf), ...members(entries), Buffer.of(0xff)]));
}

function members(entries: ReadonlyMap<number | string, CborInput>): Uint8Array[] {
  return [...entries].flatMap(([name, member]) => [writeCbor(name), writeCbor(member)]);
}

function head(major: number, argument: number): Uint8Array {
  if (argument < 24) return Buffer.of((major << 5) | argument);
  const bytes = Buffer.alloc(9);
  bytes.writeBigUInt64BE(BigInt(argument), 1);
  const width = argument < 0x100 ? 1 : argument < 0x1_0000 ? 2 : argument < 0x1_0000_0000 ? 4 : 8;
  return Buffer.concat([Buffer.of((major << 5) | (24 + Math.log2(width))), bytes.subarray(9 - width)]);
}
