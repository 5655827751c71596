import { Memo, type Result, accept, refuse } from '@keywarden/kernel';
import type { SigV4Refusal } from './refusal';
import type { HeaderPair } from './signed-request';

/** Canonical values by lower-case name; values of a repeated header are joined with commas in the order sent. */
export type HeaderTable = ReadonlyMap<string, string>;

/** Far above what clients send; they bound the work one request can cause. */
export const maxHeaders = 200;
export const maxHeaderCharacters = 65_536;

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Everything but tab, printable ASCII and obs-text: a line break would forge lines of the canonical request. */
const forbidden = /[^\t\x20-\x7e\x80-\xff]/;

/** Neither of them to be found nor anything to fold or to trim: nearly all values there are, in one look at each. */
const plain = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/;

/** In lower case; null for what is no name. */
const lowerCaseNames = new Memo((name) => (token.test(name) ? name.toLowerCase() : null), 256, 64);

/** Headers whose meaning would depend on which copy a reader takes. */
const single = new Set([
  'authorization',
  'host',
  'date',
  'content-type',
  'content-length',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-security-token',
  'x-amz-target',
]);

export function headerTable(pairs: readonly HeaderPair[]): Result<HeaderTable, SigV4Refusal> {
  if (pairs.length > maxHeaders) return refuse({ code: 'RequestMalformed', part: 'size' });
  const table = new Map<string, string>();
  let characters = 0;
  for (const pair of pairs) {
    const name = pair[0];
    const value = pair[1];
    characters += name.length + value.length;
    if (characters > maxHeaderCharacters) return refuse({ code: 'RequestMalformed', part: 'size' });
    const lowerCase = lowerCaseNames.of(name);
    if (lowerCase === null) return refuse({ code: 'RequestMalformed', part: 'header name' });
    const isPlain = plain.test(value);
    if (!isPlain && forbidden.test(value)) return refuse({ code: 'RequestMalformed', part: 'header value' });
    const canonical = isPlain ? value : canonicalValue(value);
    const earlier = table.get(lowerCase);
    if (earlier === undefined) {
      table.set(lowerCase, canonical);
    } else if (single.has(lowerCase)) {
      return refuse({ code: 'HeaderRepeated', name: lowerCase });
    } else {
      table.set(lowerCase, `${earlier},${canonical}`);
    }
  }
  return accept(table);
}

/** Folds runs of spaces and tabs to one space and trims; linear, also for a value that is nothing but blanks. */
export function canonicalValue(value: string): string {
  const folded = /[ \t]{2}|\t/.test(value) ? value.replace(/[ \t]+/g, ' ') : value;
  const start = folded.startsWith(' ') ? 1 : 0;
  const end = folded.length > start && folded.endsWith(' ') ? folded.length - 1 : folded.length;
  return start === 0 && end === folded.length ? folded : folded.slice(start, end);
}
