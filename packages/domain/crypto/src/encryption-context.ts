import { compareBytes } from '@keywarden/kernel';
import { lengthPrefixed, utf8 } from './injective-bytes';

/** The caller's name–value pairs, bound to a ciphertext and never secret. An absent context is the empty one. */
export type EncryptionContext = Readonly<Record<string, string>>;

const label = utf8('keywarden/encryption-context/v1');
/** Label and a number of pairs still zero, each behind its length. */
const start = lengthPrefixed([label, new Uint8Array(4)]);

/**
 * The bytes that bind a context to a ciphertext: label, number of pairs, then names and values behind their lengths,
 * sorted by the UTF-8 bytes of the names. Different contexts give different bytes; the order of the pairs does not
 * matter.
 */
export function canonicalContext(context: EncryptionContext): Uint8Array {
  return asciiContext(context) ?? anyContext(context);
}

function anyContext(context: EncryptionContext): Uint8Array {
  const pairs = Object.entries(context).map(([name, value]) => [utf8(name), utf8(value)] as const);
  pairs.sort(([left], [right]) => compareBytes(left, right));
  const count = new Uint8Array(4);
  new DataView(count.buffer).setUint32(0, pairs.length);
  return lengthPrefixed([label, count, ...pairs.flat()]);
}

/** The same bytes without an encoder, several times faster. @returns undefined when a character is not ASCII */
function asciiContext(context: EncryptionContext): Uint8Array | undefined {
  const names = Object.keys(context).sort();
  let length = start.length;
  for (const name of names) length += 8 + name.length + (context[name] ?? '').length;
  const bytes = new Uint8Array(length);
  bytes.set(start);
  bytes[start.length - 2] = names.length >>> 8;
  bytes[start.length - 1] = names.length;
  if (names.length > 0xffff) return undefined;
  let offset = start.length;
  for (const name of names) {
    const value = context[name] ?? '';
    if (!writeAscii(bytes, offset, name) || !writeAscii(bytes, offset + 4 + name.length, value)) return undefined;
    offset += 8 + name.length + value.length;
  }
  return bytes;
}

function writeAscii(target: Uint8Array, offset: number, text: string): boolean {
  for (let byte = 0; byte < 4; byte += 1) target[offset + byte] = text.length >>> (24 - 8 * byte);
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return false;
    target[offset + 4 + index] = code;
  }
  return true;
}

/** Size in bytes of the context as compact JSON in UTF-8; KMS takes up to 8,192. */
export function encryptionContextSize(context: EncryptionContext): number {
  return utf8(JSON.stringify(context)).length;
}
