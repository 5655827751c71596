import { type Result, accept, refuse } from '@keywarden/kernel';
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
  for (const [name, value] of pairs) {
    characters += name.length + value.length;
    if (characters > maxHeaderCharacters) return refuse({ code: 'RequestMalformed', part: 'size' });
    if (!token.test(name)) return refuse({ code: 'RequestMalformed', part: 'header name' });
    if (forbidden.test(value)) return refuse({ code: 'RequestMalformed', part: 'header value' });
    const lowerCase = name.toLowerCase();
    const earlier = table.get(lowerCase);
    if (earlier === undefined) {
      table.set(lowerCase, canonicalValue(value));
    } else if (single.has(lowerCase)) {
      return refuse({ code: 'HeaderRepeated', name: lowerCase });
    } else {
      table.set(lowerCase, `${earlier},${canonicalValue(value)}`);
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
