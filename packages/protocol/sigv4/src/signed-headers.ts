import { type Result, accept, refuse } from '@keywarden/kernel';
import type { HeaderTable } from './header-table';
import type { SigV4Refusal } from './refusal';

/**
 * The header lines of the canonical request, each with its line feed. Insists on what every AWS signer does: names in lower
 * case, sorted, once each; `host` and every `x-amz-*` header of the request among them; each one present.
 */
export function canonicalHeaders(signedHeaders: string, table: HeaderTable): Result<string, SigV4Refusal> {
  const names = signedHeaders === '' ? [] : signedHeaders.split(';');
  const signed = new Set<string>();
  let previous = '';
  for (const name of names) {
    if (name <= previous || name !== name.toLowerCase()) return refuse({ code: 'SignedHeadersMalformed' });
    signed.add(name);
    previous = name;
  }
  if (!signed.has('host')) return refuse({ code: 'HeaderNotSigned', name: 'host' });
  for (const name of table.keys()) {
    if (name.startsWith('x-amz-') && !signed.has(name)) return refuse({ code: 'HeaderNotSigned', name });
  }
  let lines = '';
  for (const name of names) {
    const value = table.get(name);
    if (value === undefined) return refuse({ code: 'SignedHeaderAbsent', name });
    lines += `${name}:${value}\n`;
  }
  return accept(lines);
}
