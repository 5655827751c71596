const digits = Array.from({ length: 16 }, (_, value) => value.toString(16).charCodeAt(0));
/** Arguments of one call. */
const mostUnits = 1_024;

/** Lower-case hexadecimal digits, two a byte. */
export function toHex(bytes: Uint8Array): string {
  const units: number[] = [];
  // Indexed, and made a string at once: adding up digits would make a tree of strings.
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    units.push(digits[byte >> 4] ?? 0, digits[byte & 15] ?? 0);
  }
  if (units.length <= mostUnits) return String.fromCharCode(...units);
  let text = '';
  for (let start = 0; start < units.length; start += mostUnits) {
    text += String.fromCharCode(...units.slice(start, start + mostUnits));
  }
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
