import { instant } from '@keywarden/kernel';
import type { RecordPosition } from './audit-index';

/** Everything of a request that a page belongs to. */
export type LookupScope = readonly (string | number | boolean | null)[];

/**
 * Opaque to callers. It holds nothing secret: where the page before ended, and the request it belongs to. Records are
 * looked up within the caller's own account, so a forged token shows nothing more.
 */
export function pageToken(scope: LookupScope, { at, chain, seq }: RecordPosition): string {
  const bytes = new TextEncoder().encode(JSON.stringify([1, scope, at, chain, seq]));
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

const longestToken = 16_384;
const chainPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @returns undefined for a token of another request, and for text that is none */
export function readPageToken(scope: LookupScope, token: string): RecordPosition | undefined {
  if (token.length > longestToken) return undefined;
  try {
    const bytes = Uint8Array.from(atob(token), (character) => character.charCodeAt(0));
    const parts: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (!Array.isArray(parts) || parts.length !== 5 || parts[0] !== 1) return undefined;
    const [, of, at, chain, seq] = parts as readonly unknown[];
    if (JSON.stringify(of) !== JSON.stringify(scope)) return undefined;
    if (typeof at !== 'number' || typeof chain !== 'string' || typeof seq !== 'number') return undefined;
    if (!chainPattern.test(chain) || !Number.isSafeInteger(seq) || seq < 1) return undefined;
    return { at: instant(at), chain, seq };
  } catch {
    return undefined;
  }
}
