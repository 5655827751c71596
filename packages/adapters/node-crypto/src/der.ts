/** Just enough DER (X.690) for a few fixed forms. */

const sequenceTag = 0x30;
const integerTag = 0x02;

export function derValue(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.from([tag, ...size, ...content]);
}

export function derSequence(...parts: readonly Uint8Array[]): Buffer {
  return derValue(sequenceTag, Buffer.concat(parts));
}

/** @param value not negative */
export function derInteger(value: bigint): Buffer {
  const digits = value.toString(16);
  const bytes = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
  return derValue(integerTag, (bytes[0] ?? 0) < 0x80 ? bytes : Buffer.concat([Buffer.of(0), bytes]));
}

/**
 * Length of the value at the start, header included.
 *
 * @returns undefined when it is cut, has another tag, or a length longer than it needs to be or than 65,535
 */
export function derLength(bytes: Uint8Array, tag: number = sequenceTag): { header: number; total: number } | undefined {
  const [found, first = 0x80, second = 0, third = 0] = bytes;
  if (found !== tag) return undefined;
  const [header, content, shortest] =
    first === 0x82 ? [4, (second << 8) | third, 0x100] : first === 0x81 ? [3, second, 0x80] : [2, first, 0];
  const wellFormed = (header > 2 || content < 0x80) && content >= shortest && bytes.length >= header + content;
  return wellFormed ? { header, total: header + content } : undefined;
}
