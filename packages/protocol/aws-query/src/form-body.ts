import { type Result, accept, refuse } from '@keywarden/kernel';
import { type QueryRefusal, malformedBody } from './query-refusal';

/** The parameters of a request, decoded; each name stands once. */
export type Form = ReadonlyMap<string, string>;

/** Far above what any operation with fifty tags needs. */
export const maxParameters = 1_000;
const maxNameBytes = 512;

const ampersand = 0x26;
const equalsSign = 0x3d;
const percent = 0x25;
const plus = 0x2b;
const space = 0x20;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses an `application/x-www-form-urlencoded` body strictly: printable ASCII on the wire, whole percent escapes, UTF-8
 * behind them, no name twice, no empty piece. Never throws on any bytes. The size is for the HTTP server to bound.
 *
 * @see https://url.spec.whatwg.org/#application/x-www-form-urlencoded
 */
export function parseForm(body: Uint8Array): Result<Form, QueryRefusal> {
  const form = new Map<string, string>();
  for (let from = 0; from < body.length;) {
    const found = body.indexOf(ampersand, from);
    const to = found === -1 ? body.length : found;
    if (form.size === maxParameters) return refuse(malformedBody('too many parameters'));
    const pair = readPair(body.subarray(from, to));
    if (pair === undefined) return refuse(malformedBody('a parameter is not form encoded'));
    const [name, value] = pair;
    if (form.has(name)) return refuse(malformedBody('a parameter stands twice'));
    form.set(name, value);
    if (found === body.length - 1) return refuse(malformedBody('a parameter is not form encoded'));
    from = to + 1;
  }
  return accept(form);
}

/** A name without an equal sign has the empty value. */
function readPair(piece: Uint8Array): readonly [name: string, value: string] | undefined {
  const found = piece.indexOf(equalsSign);
  const split = found === -1 ? piece.length : found;
  if (split === 0 || split > maxNameBytes) return undefined;
  const name = decodeText(piece.subarray(0, split));
  const value = decodeText(piece.subarray(split + 1));
  return name === undefined || value === undefined ? undefined : [name, value];
}

function decodeText(encoded: Uint8Array): string | undefined {
  const bytes = new Uint8Array(encoded.length);
  let length = 0;
  for (let at = 0; at < encoded.length; at += 1) {
    const byte = encoded[at] ?? 0;
    if (byte <= space || byte > 0x7e) return undefined;
    if (byte === percent) {
      const value = hexValue(encoded[at + 1]) * 16 + hexValue(encoded[at + 2]);
      if (Number.isNaN(value)) return undefined;
      bytes[length] = value;
      at += 2;
    } else {
      bytes[length] = byte === plus ? space : byte;
    }
    length += 1;
  }
  try {
    return utf8.decode(bytes.subarray(0, length));
  } catch {
    return undefined;
  }
}

function hexValue(byte = 0): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : Number.NaN;
}
