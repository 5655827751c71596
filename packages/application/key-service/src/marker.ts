import { type Result, accept, refuse } from '@keywarden/kernel';
import type { ParameterRefusal } from './refusals';

const version = 1;

/**
 * Where a list goes on. A marker is opaque to callers and holds nothing secret: the list it belongs to and the last item
 * of the page before. What it names is looked up within the caller's own request, so a forged one shows nothing more.
 *
 * @param list the operation and every filter of the request; a marker of another list is refused
 */
export function encodeMarker(list: readonly string[], last: string): string {
  // Bytes, not escapes: with the longest tag key (128 characters) the marker stays below the 1,024 that Marker may have.
  const bytes = new TextEncoder().encode(JSON.stringify([version, list, last]));
  return btoa(String.fromCharCode(...bytes));
}

/** @returns the last item of the page before, or undefined for the first page */
export function decodeMarker(
  list: readonly string[],
  marker: string | undefined,
): Result<string | undefined, ParameterRefusal> {
  if (marker === undefined) return accept(undefined);
  const last = read(marker, JSON.stringify(list));
  return last === undefined ? refuse({ code: 'MarkerNotValid' }) : accept(last);
}

function read(marker: string, list: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(marker), (character) => character.charCodeAt(0));
    const parts: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (!Array.isArray(parts) || parts.length !== 3 || parts[0] !== version) return undefined;
    const last: unknown = parts[2];
    return JSON.stringify(parts[1]) === list && typeof last === 'string' ? last : undefined;
  } catch {
    return undefined;
  }
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly truncated: boolean;
  readonly nextMarker?: string;
}

/**
 * Cuts a page out of one item more than the page holds.
 *
 * @param items up to `limit + 1` of them
 */
export function cutPage<T>(
  list: readonly string[],
  items: readonly T[],
  limit: number,
  nameOf: (item: T) => string,
): Page<T> {
  const last = items[limit - 1];
  if (items.length <= limit || last === undefined) return { items, truncated: false };
  return { items: items.slice(0, limit), truncated: true, nextMarker: encodeMarker(list, nameOf(last)) };
}

/** The page size: what the caller asked for, as far as the operation allows. */
export function pageSize(asked: number | undefined, standard: number, most: number): number {
  return Math.min(asked ?? standard, most);
}
