import { type Result, accept, refuse } from '@keywarden/kernel';

export interface PrincipalTag {
  readonly key: string;
  readonly value: string;
}

export type TagRefusal =
  | { readonly code: 'InvalidInput'; readonly because: 'TagKeysDuplicate' | 'TagPrefixReserved' | 'TagMalformed' }
  | { readonly code: 'LimitExceeded'; readonly quota: 'TagsPerPrincipal'; readonly limit: number };

export const mostPrincipalTags = 50;

/** Letters, blanks, digits and `_.:/=+-@`: nothing that is a wildcard, a variable or a control in a policy. */
const keyPattern = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u;
const valuePattern = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u;

/**
 * Checks the tags of one request. Keys compare without case and by what they look like (NFKC), so that no two tags of a
 * principal answer to the same condition key.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
 */
export function checkPrincipalTags(tags: readonly PrincipalTag[]): Result<readonly PrincipalTag[], TagRefusal> {
  if (tags.length > mostPrincipalTags) return tooMany;
  for (const { key, value } of tags) {
    if (!keyPattern.test(key) || !valuePattern.test(value))
      return refuse({ code: 'InvalidInput', because: 'TagMalformed' });
    if (tagKeyName(key).startsWith('aws:')) return refuse({ code: 'InvalidInput', because: 'TagPrefixReserved' });
  }
  if (new Set(tags.map(({ key }) => tagKeyName(key))).size < tags.length) {
    return refuse({ code: 'InvalidInput', because: 'TagKeysDuplicate' });
  }
  return accept(tags);
}

/** Adds tags or replaces those of the same key, which then takes the new spelling. */
export function withTags(
  present: readonly PrincipalTag[],
  tags: readonly PrincipalTag[],
): Result<readonly PrincipalTag[], TagRefusal> {
  const checked = checkPrincipalTags(tags);
  if (!checked.ok) return checked;
  const merged = overlaidTags(present, tags);
  return merged.length > mostPrincipalTags ? tooMany : accept(merged);
}

/** Tags that are not there are ignored. */
export function withoutTags(present: readonly PrincipalTag[], keys: readonly string[]): readonly PrincipalTag[] {
  const gone = new Set(keys.map(tagKeyName));
  return present.filter(({ key }) => !gone.has(tagKeyName(key)));
}

/** The second wins over the first where both have a key. */
export function overlaidTags(below: readonly PrincipalTag[], above: readonly PrincipalTag[]): readonly PrincipalTag[] {
  return [...new Map([...below, ...above].map((tag) => [tagKeyName(tag.key), tag])).values()];
}

/** Keys that are the same key. */
export function tagKeyName(key: string): string {
  return key.normalize('NFKC').toLowerCase();
}

const tooMany = refuse({ code: 'LimitExceeded', quota: 'TagsPerPrincipal', limit: mostPrincipalTags } as const);
