import { createHash, timingSafeEqual } from 'node:crypto';
import { injectiveBytes } from '@keywarden/crypto';
import { SecretBytes } from '@keywarden/kernel';
import type { Point } from './shamir';

/**
 * One share as people keep it: `kws1-` and ten groups of eight characters of Crockford's base 32, which has no I, L, O
 * and U to be misread.
 *
 * | bytes | what                                                       |
 * | ----- | ---------------------------------------------------------- |
 * | 0–7   | which set of shares: the digits of the provider's id       |
 * | 8     | how many shares open it                                    |
 * | 9     | how many there are                                         |
 * | 10    | which one this is, from 1                                  |
 * | 11–42 | the share                                                  |
 * | 43–49 | SHA-256 of the above, cut                                  |
 */
export interface Share extends Point {
  /** 16 hexadecimal digits. */
  readonly set: string;
  readonly threshold: number;
  readonly count: number;
}

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const prefix = 'KWS1';
const bytesInAll = 50;
const bodyBytes = 43;
const shareBytes = 32;

/** @param share with 32 bytes */
export function writeShare({ set, threshold, count, x, y }: Share): SecretBytes {
  const bytes = Buffer.alloc(bytesInAll);
  Buffer.from(set, 'hex').copy(bytes);
  bytes.set([threshold, count, x, ...y], 8);
  bytes.set(checksum(bytes.subarray(0, bodyBytes)), bodyBytes);
  const text = encode(bytes);
  bytes.fill(0);
  return SecretBytes.adopt(Buffer.from(`${prefix.toLowerCase()}-${text.match(/.{8}/g)?.join('-') ?? ''}`, 'latin1'));
}

export type ShareProblem = 'NotAShare' | 'Mistyped';

/** @returns what is wrong with it when it is not a share as it was written, however it is spaced and whatever its case */
export function readShare(text: SecretBytes): Share | ShareProblem {
  const letters = text.expose((bytes) => Buffer.from(bytes).toString('latin1')).toUpperCase();
  const plain = letters.replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  if (!plain.startsWith(prefix)) return 'NotAShare';
  const digits = plain.slice(prefix.length);
  if (digits.length !== 80 || /[^0-9A-HJKMNP-TV-Z]/.test(digits)) return 'Mistyped';
  const bytes = decode(digits);
  try {
    const body = bytes.subarray(0, bodyBytes);
    if (!timingSafeEqual(checksum(body), bytes.subarray(bodyBytes))) return 'Mistyped';
    const [threshold = 0, count = 0, x = 0] = body.subarray(8, 11);
    if (threshold < 2 || threshold > count || x < 1 || x > count) return 'NotAShare';
    const y = Uint8Array.from(body.subarray(11, 11 + shareBytes));
    return { set: body.subarray(0, 8).toString('hex'), threshold, count, x, y };
  } finally {
    bytes.fill(0);
  }
}

function checksum(body: Uint8Array): Buffer {
  return createHash('sha256')
    .update(injectiveBytes('keywarden/share/v1', [body]))
    .digest()
    .subarray(0, bytesInAll - bodyBytes);
}

/** Five bytes are eight digits. */
function encode(bytes: Uint8Array): string {
  let text = '';
  let [held, bits] = [0, 0];
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += alphabet[(held >> (bits - 5)) & 31];
  }
  return text;
}

function decode(digits: string): Buffer {
  const bytes = Buffer.alloc((digits.length * 5) / 8);
  let [held, bits, at] = [0, 0, 0];
  for (const digit of digits) {
    held = ((held << 5) | alphabet.indexOf(digit)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at] = (held >> bits) & 0xff;
    at += 1;
  }
  return bytes;
}
