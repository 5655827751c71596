const digits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Lower-case hexadecimal digits, two a byte. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += digits[byte];
  return text;
}

const nibbles = new Uint8Array(128);
for (let value = 0; value < 16; value += 1) nibbles[value.toString(16).charCodeAt(0)] = value;

/** @param text an even number of lower-case hexadecimal digits, already checked */
export function fromHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2);
  writeHex(bytes, 0, text);
  return bytes;
}

/** Writes what {@link fromHex} gives into `target` from `offset` on; it must have room. */
export function writeHex(target: Uint8Array, offset: number, text: string): void {
  for (let index = 0; index < text.length / 2; index += 1) {
    const high = nibbles[text.charCodeAt(2 * index)] ?? 0;
    target[offset + index] = (high << 4) | (nibbles[text.charCodeAt(2 * index + 1)] ?? 0);
  }
}
