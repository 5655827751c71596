import { compareBytes } from '@keywarden/kernel';
import { lengthPrefixed, utf8 } from './injective-bytes';

/** The caller's name–value pairs, bound to a ciphertext and never secret. An absent context is the empty one. */
export type EncryptionContext = Readonly<Record<string, string>>;

const label = utf8('keywarden/encryption-context/v1');

/**
 * The bytes that bind a context to a ciphertext: label, number of pairs, then names and values behind their lengths,
 * sorted by the UTF-8 bytes of the names. Different contexts give different bytes; the order of the pairs does not
 * matter.
 */
export function canonicalContext(context: EncryptionContext): Uint8Array {
  const pairs = Object.entries(context).map(([name, value]) => [utf8(name), utf8(value)] as const);
  if (pairs.length > 1) pairs.sort(([left], [right]) => compareBytes(left, right));
  const count = new Uint8Array(4);
  new DataView(count.buffer).setUint32(0, pairs.length);
  return lengthPrefixed([label, count, ...pairs.flat()]);
}

/** Size in bytes of the context as compact JSON in UTF-8; KMS takes up to 8,192. */
export function encryptionContextSize(context: EncryptionContext): number {
  return utf8(JSON.stringify(context)).length;
}
