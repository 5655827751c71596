import { openInMemory } from '@keywarden/in-memory';
import type { Result } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import { arnOf } from '@keywarden/keys';
import { aKmsKey, numberedKeyId } from '@keywarden/keys/testing';
import { encodeMarker } from './marker';
import { keyServiceOn } from './testing/key-service-suite';

const key = aKmsKey();
const keyId = key.id;
const other = aKmsKey({ id: numberedKeyId(1), tags: [{ key: 'a', value: '' }] });

async function suite() {
  const service = keyServiceOn(openInMemory());
  await service.given(key, other);
  return service;
}

const tagged = async () => {
  const service = await suite();
  const tags = ['a', 'b', 'c'].map((tagKey) => ({ tagKey, tagValue: `value of ${tagKey}` }));
  expect(await service.tags.tagResource(service.own(), { keyId, tags })).toEqual({ ok: true, value: undefined });
  return { ...service, tagList: tags };
};

describe('tags', () => {
  it('are put, replaced, listed and removed', async () => {
    const { tags, own } = await tagged();
    await tags.tagResource(own(), { keyId, tags: [{ tagKey: 'b', tagValue: 'new' }] });
    await tags.untagResource(own(), { keyId, tagKeys: ['a', 'unknown'] });
    expect(accepted(await tags.listResourceTags(own(), { keyId }))).toEqual({
      tags: [
        { tagKey: 'b', tagValue: 'new' },
        { tagKey: 'c', tagValue: 'value of c' },
      ],
      truncated: false,
    });
  });

  it('are listed one at a time', async () => {
    const { tags, own, tagList } = await tagged();
    const seen: unknown[] = [];
    let marker: string | undefined;
    do {
      const page = accepted(await tags.listResourceTags(own(), { keyId, limit: 1, marker }));
      seen.push(...page.tags);
      marker = page.nextMarker;
    } while (marker !== undefined);
    expect(seen).toEqual(tagList);
  });

  it.each([
    ['of another key', encodeMarker(['ListResourceTags', other.id], 'a')],
    ['that names no tag of the key', encodeMarker(['ListResourceTags', keyId], 'z')],
    ['of another list', encodeMarker(['ListKeys'], 'a')],
    ['that is forged', 'AAAA'],
  ])('are not listed with a marker %s', async (_what, marker) => {
    const { tags, own } = await tagged();
    expect(refused(await tags.listResourceTags(own(), { keyId, marker }))).toEqual({ code: 'MarkerNotValid' });
  });

  it.each([
    ['a key twice', ['x', 'x'], 'TagKeysDuplicate'],
    ['a reserved key', ['AWS:x'], 'TagPrefixReserved'],
    ['more than 50', Array.from({ length: 51 }, (_, index) => `k${index}`), 'TagsTooMany'],
    ['more than 50 with those that are there', Array.from({ length: 48 }, (_, index) => `k${index}`), 'TagsTooMany'],
  ])('are refused: %s', async (_what, keys, code) => {
    const { tags, own } = await tagged();
    const command = { keyId, tags: keys.map((tagKey) => ({ tagKey, tagValue: '' })) };
    expect(refused(await tags.tagResource(own(), command))).toEqual({ code });
  });

  it('are refused to other accounts', async () => {
    const { tags, stranger } = await tagged();
    const named = { keyId: arnOf(key) };
    const attempts: Result<unknown, unknown>[] = await Promise.all([
      tags.tagResource(stranger(), { ...named, tags: [] }),
      tags.untagResource(stranger(), { ...named, tagKeys: ['a'] }),
      tags.listResourceTags(stranger(), named),
    ]);
    for (const attempt of attempts) expect(refused(attempt)).toMatchObject({ code: 'AccessDenied' });
  });
});
