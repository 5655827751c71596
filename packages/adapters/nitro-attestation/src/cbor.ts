import { isUtf8 } from 'node:buffer';

/** The few CBOR types an attestation document is made of; a reader that knows no others cannot be surprised by them. */
export type CborValue =
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'bytes'; readonly value: Uint8Array }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'array'; readonly value: readonly CborValue[] }
  | { readonly kind: 'map'; readonly value: ReadonlyMap<number | string, CborValue> }
  | { readonly kind: 'tag'; readonly tag: number; readonly value: CborValue }
  | { readonly kind: 'null' };

/** A document nests three levels deep and holds about sixty items. */
const maximumDepth = 4;
const maximumItems = 256;

const breakByte = 0xff;
const nullByte = 0xf6;
const indefinite = 31;

/**
 * Reads exactly one CBOR item. Refused are trailing bytes, duplicate map keys, keys other than integers and text,
 * strings in chunks, floats, booleans, undefined, and integers beyond 2^53.
 *
 * @returns undefined for anything refused; never throws
 * @see https://www.rfc-editor.org/rfc/rfc8949.html
 */
export function readCbor(bytes: Uint8Array): CborValue | undefined {
  const reader = new CborReader(bytes);
  const value = reader.item(0);
  return reader.atEnd ? value : undefined;
}

class CborReader {
  readonly #bytes: Buffer;
  #offset = 0;
  #items = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get atEnd(): boolean {
    return this.#offset === this.#bytes.length;
  }

  item(depth: number): CborValue | undefined {
    this.#items += 1;
    const initial = this.#bytes[this.#offset];
    if (initial === undefined || depth > maximumDepth || this.#items > maximumItems) return undefined;
    this.#offset += 1;
    if (initial === nullByte) return { kind: 'null' };

    const major = initial >> 5;
    const count = this.#argument(initial & 0x1f);
    if (count === undefined) return undefined;
    if (count === 'indefinite') {
      if (major === 4) return this.#array(Infinity, depth);
      return major === 5 ? this.#map(Infinity, depth) : undefined;
    }
    switch (major) {
      case 0:
        return { kind: 'integer', value: count };
      case 1:
        return { kind: 'integer', value: -1 - count };
      case 2:
        return this.#string(count, (value) => ({ kind: 'bytes', value: Uint8Array.from(value) }));
      case 3:
        return this.#string(count, (value) =>
          isUtf8(value) ? { kind: 'text', value: value.toString('utf8') } : undefined,
        );
      case 4:
        return this.#array(count, depth);
      case 5:
        return this.#map(count, depth);
      case 6:
        return this.#tag(count, depth);
      default:
        return undefined;
    }
  }

  /** The number in or behind the initial byte: a value, a length or a count. */
  #argument(additional: number): number | 'indefinite' | undefined {
    if (additional < 24) return additional;
    if (additional === indefinite) return 'indefinite';
    if (additional > 27) return undefined;
    const width = 2 ** (additional - 24);
    const start = this.#offset;
    if (start + width > this.#bytes.length) return undefined;
    this.#offset += width;
    if (width < 8) return this.#bytes.readUIntBE(start, width);
    const value = this.#bytes.readBigUInt64BE(start);
    return value < BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : undefined;
  }

  #string(length: number, make: (bytes: Buffer) => CborValue | undefined): CborValue | undefined {
    const start = this.#offset;
    if (length > this.#bytes.length - start) return undefined;
    this.#offset += length;
    return make(this.#bytes.subarray(start, this.#offset));
  }

  #array(count: number, depth: number): CborValue | undefined {
    const value: CborValue[] = [];
    while (!this.#closed(count, value.length)) {
      const element = this.item(depth + 1);
      if (element === undefined) return undefined;
      value.push(element);
    }
    return { kind: 'array', value };
  }

  #map(count: number, depth: number): CborValue | undefined {
    const value = new Map<number | string, CborValue>();
    while (!this.#closed(count, value.size)) {
      const key = this.item(depth + 1);
      if (key?.kind !== 'integer' && key?.kind !== 'text') return undefined;
      const member = this.item(depth + 1);
      if (member === undefined || value.has(key.value)) return undefined;
      value.set(key.value, member);
    }
    return { kind: 'map', value };
  }

  #tag(tag: number, depth: number): CborValue | undefined {
    const value = this.item(depth + 1);
    return value === undefined ? undefined : { kind: 'tag', tag, value };
  }

  /** Whether the array or map is complete; takes the break of an indefinite one. */
  #closed(count: number, held: number): boolean {
    if (count !== Infinity) return held === count;
    if (this.#bytes[this.#offset] !== breakByte) return false;
    this.#offset += 1;
    return true;
  }
}
