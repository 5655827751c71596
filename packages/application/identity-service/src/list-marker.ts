import { type Result, accept, refuse } from '@keywarden/kernel';
import { type ValidationError, validationError } from './identity-refusals';

export interface PageQuery {
  /** 1 to 1,000; default 100. */
  readonly maxItems?: number;
  readonly marker?: string;
}

export interface PageEnd {
  readonly isTruncated: boolean;
  readonly marker?: string;
}

export interface PageStart {
  /** The name the page before ended with. */
  readonly after: string | undefined;
  readonly size: number;
}

/** Names hold ASCII alone. */
export function startOfPage({ maxItems = 100, marker }: PageQuery): Result<PageStart, ValidationError> {
  if (!Number.isInteger(maxItems) || maxItems < 1 || maxItems > 1_000) return refuse(validationError('MaxItems'));
  if (marker === undefined) return accept({ after: undefined, size: maxItems });
  try {
    const after = marker.length <= 1_000 ? atob(marker) : '';
    return after.startsWith('1:')
      ? accept({ after: after.slice(2), size: maxItems })
      : refuse(validationError('Marker'));
  } catch {
    return refuse(validationError('Marker'));
  }
}

/** @param items up to one more than the page holds */
export function endOfPage<T>(
  items: readonly T[],
  size: number,
  nameOf: (item: T) => string,
): { readonly items: readonly T[] } & PageEnd {
  const last = items[size - 1];
  if (items.length <= size || last === undefined) return { items, isTruncated: false };
  return { items: items.slice(0, size), isTruncated: true, marker: btoa(`1:${nameOf(last)}`) };
}

/** A page of what is at hand as a whole, in the order it has. */
export function pageOf<T>(
  all: readonly T[],
  query: PageQuery,
  nameOf: (item: T) => string,
): Result<{ readonly items: readonly T[] } & PageEnd, ValidationError> {
  const start = startOfPage(query);
  if (!start.ok) return start;
  const { after, size } = start.value;
  const from = after === undefined ? 0 : all.findIndex((item) => nameOf(item) === after) + 1;
  if (after !== undefined && from === 0) return refuse(validationError('Marker'));
  return accept(endOfPage(all.slice(from, from + size + 1), size, nameOf));
}
