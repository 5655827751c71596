import { Memo, type Result, accept, refuse } from '@keywarden/kernel';
import type { HeaderTable } from './header-table';
import type { SigV4Refusal } from './refusal';

/**
 * The header lines of the canonical request, each with its line feed. Insists on what every AWS signer does: names in lower
 * case, sorted, once each; `host` and every `x-amz-*` header of the request among them; each one present.
 */
export function canonicalHeaders(signedHeaders: string, table: HeaderTable): Result<string, SigV4Refusal> {
  const signed = signedNames.of(signedHeaders);
  if (signed === null) return malformed;
  if (!signed.has('host')) return refuse({ code: 'HeaderNotSigned', name: 'host' });
  for (const name of table.keys()) {
    if (name.startsWith('x-amz-') && !signed.has(name)) return refuse({ code: 'HeaderNotSigned', name });
  }
  let lines = '';
  for (const name of signed) {
    const value = table.get(name);
    if (value === undefined) return refuse({ code: 'SignedHeaderAbsent', name });
    lines += `${name}:${value}\n`;
  }
  return accept(lines);
}

const malformed = refuse({ code: 'SignedHeadersMalformed' } as const);

/** In their order, which is sorted; null for a list that is malformed. A client signs the same headers every time. */
const signedNames = new Memo(namesIn, 64, 512);

function namesIn(signedHeaders: string): ReadonlySet<string> | null {
  const names = new Set<string>();
  let previous = '';
  for (const name of signedHeaders === '' ? [] : signedHeaders.split(';')) {
    if (name <= previous || name !== name.toLowerCase()) return null;
    names.add(name);
    previous = name;
  }
  return names;
}
