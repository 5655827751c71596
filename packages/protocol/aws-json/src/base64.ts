const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const padding = 0x3d;
const invalid = 0xff;

const digitOf = new Uint8Array(256).fill(invalid);
const letterOf = new Uint8Array(64);
for (let digit = 0; digit < 64; digit += 1) {
  letterOf[digit] = alphabet.charCodeAt(digit);
  digitOf[alphabet.charCodeAt(digit)] = digit;
}

const digit = (code: number | undefined): number => digitOf[code ?? 0] ?? invalid;

/**
 * Decodes canonical base64 (RFC 4648 section 4: padded, no white space, unused bits zero) straight from text bytes, so
 * that no string of a secret is made.
 *
 * @returns undefined when the text is not canonical
 */
export function decodeBase64(text: Uint8Array, start: number, end: number): Uint8Array | undefined {
  const length = end - start;
  if (length === 0) return new Uint8Array(0);
  if (length % 4 !== 0) return undefined;
  const padded = text[end - 1] === padding ? (text[end - 2] === padding ? 2 : 1) : 0;
  const decoded = new Uint8Array((length / 4) * 3 - padded);
  const wholeEnd = padded === 0 ? end : end - 4;
  let at = start;
  let to = 0;
  let seen = 0;
  for (; at < wholeEnd; at += 4) {
    const a = digit(text[at]);
    const b = digit(text[at + 1]);
    const c = digit(text[at + 2]);
    const d = digit(text[at + 3]);
    seen |= a | b | c | d;
    decoded[to] = (a << 2) | (b >> 4);
    decoded[to + 1] = (b << 4) | (c >> 2);
    decoded[to + 2] = (c << 6) | d;
    to += 3;
  }
  if (padded > 0) {
    const a = digit(text[at]);
    const b = digit(text[at + 1]);
    const c = padded === 1 ? digit(text[at + 2]) : 0;
    seen |= a | b | c;
    if ((padded === 1 ? c & 3 : b & 15) !== 0) seen |= 0x80;
    decoded[to] = (a << 2) | (b >> 4);
    if (padded === 1) decoded[to + 1] = (b << 4) | (c >> 2);
  }
  if ((seen & 0xc0) === 0) return decoded;
  decoded.fill(0);
  return undefined;
}

export function base64Length(byteCount: number): number {
  return Math.ceil(byteCount / 3) * 4;
}

/** Writes padded base64 of `bytes` into `target` at `to`; there must be `base64Length(bytes.length)` bytes of room. */
export function encodeBase64Into(bytes: Uint8Array, target: Uint8Array, to: number): void {
  const wholeEnd = bytes.length - (bytes.length % 3);
  let out = to;
  for (let at = 0; at < wholeEnd; at += 3) {
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    target[out] = letterOf[group >> 18] ?? 0;
    target[out + 1] = letterOf[(group >> 12) & 63] ?? 0;
    target[out + 2] = letterOf[(group >> 6) & 63] ?? 0;
    target[out + 3] = letterOf[group & 63] ?? 0;
    out += 4;
  }
  const left = bytes.length - wholeEnd;
  if (left === 0) return;
  const group = ((bytes[wholeEnd] ?? 0) << 16) | ((bytes[wholeEnd + 1] ?? 0) << 8);
  target[out] = letterOf[group >> 18] ?? 0;
  target[out + 1] = letterOf[(group >> 12) & 63] ?? 0;
  target[out + 2] = left === 2 ? (letterOf[(group >> 6) & 63] ?? 0) : padding;
  target[out + 3] = padding;
}
