import { type Instant, type Result, accept, refuse } from '@keywarden/kernel';
import { type KeyDecision, changeable } from './key-commands';
import type { KmsKey, Tag } from './kms-key';
import type { TagRefusal } from './refusals';

const mostTags = 50;

const isReserved = (key: string): boolean => key.slice(0, 4).toLowerCase() === 'aws:';

/** The rules on one request's tags: no key twice, no reserved prefix, at most 50. */
export function checkTags(tags: readonly Tag[]): Result<readonly Tag[], TagRefusal> {
  if (tags.some(({ key }) => isReserved(key))) return refuse({ code: 'TagPrefixReserved' });
  if (new Set(tags.map(({ key }) => key)).size < tags.length) return refuse({ code: 'TagKeysDuplicate' });
  return tags.length > mostTags ? refuse({ code: 'TagsTooMany' }) : accept(tags);
}

/** Adds tags or replaces the values of those that are there. Tag keys are case-sensitive. */
export function tagResource(key: KmsKey, tags: readonly Tag[], now: Instant): KeyDecision<TagRefusal> {
  const allowed = changeable('TagResource', key, now);
  if (!allowed.ok) return allowed;
  const checked = checkTags(tags);
  if (!checked.ok) return checked;
  const merged = new Map([...key.tags, ...tags].map((tag) => [tag.key, tag.value]));
  if (merged.size > mostTags) return refuse({ code: 'TagsTooMany' });
  return accept({ ...key, tags: [...merged].map(([name, value]) => ({ key: name, value })) });
}

/** Tag keys that are not there are ignored. */
export function untagResource(key: KmsKey, tagKeys: readonly string[], now: Instant): KeyDecision<TagRefusal> {
  const allowed = changeable('UntagResource', key, now);
  if (!allowed.ok) return allowed;
  if (tagKeys.some(isReserved)) return refuse({ code: 'TagPrefixReserved' });
  return accept({ ...key, tags: key.tags.filter((tag) => !tagKeys.includes(tag.key)) });
}
