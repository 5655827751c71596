import type { Tag } from '@keywarden/keys';

/** A tag as the API spells it. */
export interface WireTag {
  readonly tagKey: string;
  readonly tagValue: string;
}

export function toTags(tags: readonly WireTag[]): readonly Tag[] {
  return tags.map(({ tagKey, tagValue }) => ({ key: tagKey, value: tagValue }));
}

export function toWireTags(tags: readonly Tag[]): readonly WireTag[] {
  return tags.map(({ key, value }) => ({ tagKey: key, tagValue: value }));
}
