/** An element with a definite length in its shortest form. */
export function der(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.of(tag), definiteLength(content.length), content]);
}

/** A constructed element whose end is marked instead of its length given. */
export function indefinite(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([Buffer.of(tag, 0x80), ...contents, Buffer.of(0, 0)]);
}

export function octetString(content: Uint8Array): Uint8Array {
  return der(4, content);
}

/** @param length below 65,536 */
function definiteLength(length: number): Uint8Array {
  if (length < 0x80) return Buffer.of(length);
  if (length < 0x100) return Buffer.of(0x81, length);
  if (length < 0x1_0000) return Buffer.of(0x82, length >> 8, length & 0xff);
  throw new RangeError(`too long for a recipient's answer: ${length} bytes`);
}
