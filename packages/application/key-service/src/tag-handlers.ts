import { type Result, accept, refuse } from '@keywarden/kernel';
import { type CommandRefusal, type Tag, type TagRefusal, tagResource, untagResource } from '@keywarden/keys';
import type { KeyChanges } from './key-changes';
import type { KeyDoor } from './key-door';
import { type OneKey, emptied } from './key-lifecycle';
import { cutPage, decodeMarker, pageSize } from './marker';
import type { KeyDoorRefusal, ParameterRefusal } from './refusals';
import type { RequestContext } from './request-context';
import { type WireTag, toTags, toWireTags } from './wire-tags';

export interface TagResource extends OneKey {
  readonly tags: readonly WireTag[];
}

export interface UntagResource extends OneKey {
  readonly tagKeys: readonly string[];
}

export interface ListResourceTags extends OneKey {
  readonly limit?: number;
  readonly marker?: string;
}

export interface TagList {
  readonly tags: readonly WireTag[];
  readonly nextMarker?: string;
  readonly truncated: boolean;
}

type ChangeRefusals = KeyDoorRefusal | CommandRefusal | TagRefusal;

/** TagResource, UntagResource, ListResourceTags. */
export class TagHandlers {
  constructor(
    private readonly changes: KeyChanges,
    private readonly door: KeyDoor,
  ) {}

  async tagResource(context: RequestContext, command: TagResource): Promise<Result<void, ChangeRefusals>> {
    const tags = toTags(command.tags);
    return emptied(
      await this.changes.change<TagRefusal>(context, {
        given: command.keyId,
        operation: 'TagResource',
        facts: { requestTags: tags },
        decide: (key, now) => tagResource(key, tags, now),
      }),
    );
  }

  async untagResource(context: RequestContext, command: UntagResource): Promise<Result<void, ChangeRefusals>> {
    return emptied(
      await this.changes.change<TagRefusal>(context, {
        given: command.keyId,
        operation: 'UntagResource',
        facts: { tagKeys: command.tagKeys },
        decide: (key, now) => untagResource(key, command.tagKeys, now),
      }),
    );
  }

  async listResourceTags(
    context: RequestContext,
    { keyId: given, limit, marker }: ListResourceTags,
  ): Promise<Result<TagList, KeyDoorRefusal | ParameterRefusal>> {
    const opened = await this.door.open(context, {
      given,
      operation: 'ListResourceTags',
      action: 'kms:ListResourceTags',
      aliases: 'refused',
    });
    if (!opened.ok) return opened;
    const { key } = opened.value;
    const list = ['ListResourceTags', key.id];
    const after = decodeMarker(list, marker);
    if (!after.ok) return after;
    const from = startAfter(key.tags, after.value);
    if (from === undefined) return refuse({ code: 'MarkerNotValid' });
    const size = pageSize(limit, 50, 50);
    const page = cutPage(list, key.tags.slice(from, from + size + 1), size, (tag) => tag.key);
    return accept({ tags: toWireTags(page.items), nextMarker: page.nextMarker, truncated: page.truncated });
  }
}

/** @returns undefined when the tag is not there (any more) */
function startAfter(tags: readonly Tag[], last: string | undefined): number | undefined {
  if (last === undefined) return 0;
  const index = tags.findIndex((tag) => tag.key === last);
  return index < 0 ? undefined : index + 1;
}
