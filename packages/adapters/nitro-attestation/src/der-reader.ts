/** One element of a DER encoding. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
}

/** At most 65,535 bytes of content: certificates here have at most 1,024. */
const longestLength = 2;

/**
 * Splits bytes into DER elements with one-byte tags and definite lengths.
 *
 * @returns undefined when a length runs over the end or is not in its shortest form; never throws
 */
export function readDer(bytes: Uint8Array): readonly DerElement[] | undefined {
  const elements: DerElement[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const tag = bytes[offset] ?? 0;
    const length = readLength(bytes, offset + 1);
    if ((tag & 0x1f) === 0x1f || length === undefined || length.end + length.value > bytes.length) return undefined;
    elements.push({ tag, content: bytes.subarray(length.end, length.end + length.value) });
    offset = length.end + length.value;
  }
  return elements;
}

function readLength(bytes: Uint8Array, offset: number): { readonly value: number; readonly end: number } | undefined {
  const first = bytes[offset];
  if (first === undefined || first === 0x80) return undefined;
  if (first < 0x80) return { value: first, end: offset + 1 };
  const width = first & 0x7f;
  if (width > longestLength || offset + 1 + width > bytes.length) return undefined;
  const digits = bytes.subarray(offset + 1, offset + 1 + width);
  const value = digits.reduce((sum, digit) => sum * 256 + digit, 0);
  return value < 0x80 || digits[0] === 0 ? undefined : { value, end: offset + 1 + width };
}
