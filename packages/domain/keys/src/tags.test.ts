import { instant } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import type { Tag } from './kms-key';
import { checkTags, tagResource, untagResource } from './tags';
import { aKmsKey } from './testing';

const now = instant(Date.UTC(2026, 0, 15));
const numbered = (count: number, from = 0): Tag[] =>
  Array.from({ length: count }, (_, index) => ({ key: `k${from + index}`, value: '' }));

describe('checkTags', () => {
  it('takes up to 50 tags whose keys differ, if only in case', () => {
    expect(checkTags(numbered(50)).ok).toBe(true);
    expect(
      checkTags([
        { key: 'Team', value: 'a' },
        { key: 'team', value: 'a' },
      ]).ok,
    ).toBe(true);
    expect(checkTags([]).ok).toBe(true);
  });

  it.each([
    [
      'a key twice',
      [
        { key: 'a', value: '1' },
        { key: 'a', value: '2' },
      ],
      'TagKeysDuplicate',
    ],
    ['51 tags', numbered(51), 'TagsTooMany'],
    ['the prefix aws:', [{ key: 'aws:cloud', value: '' }], 'TagPrefixReserved'],
    ['the prefix in other case', [{ key: 'AwS:cloud', value: '' }], 'TagPrefixReserved'],
  ])('refuses %s', (_what, tags, code) => {
    expect(refused(checkTags(tags))).toEqual({ code });
    expect(refused(tagResource(aKmsKey(), tags, now))).toEqual({ code });
  });
});

describe('tagResource', () => {
  it('adds tags and replaces values of those that are there', () => {
    const key = aKmsKey({
      tags: [
        { key: 'a', value: '1' },
        { key: 'b', value: '2' },
      ],
    });
    expect(
      accepted(
        tagResource(
          key,
          [
            { key: 'b', value: 'x' },
            { key: 'c', value: '' },
          ],
          now,
        ),
      ).tags,
    ).toEqual([
      { key: 'a', value: '1' },
      { key: 'b', value: 'x' },
      { key: 'c', value: '' },
    ]);
  });

  it('counts the tags of the key, not of the request', () => {
    const key = aKmsKey({ tags: numbered(50) });
    expect(tagResource(key, numbered(50), now).ok).toBe(true);
    expect(refused(tagResource(key, numbered(1, 50), now))).toEqual({ code: 'TagsTooMany' });
  });

  it('is not fooled by names of the prototype', () => {
    expect(accepted(tagResource(aKmsKey(), [{ key: '__proto__', value: 'x' }], now)).tags).toEqual([
      { key: '__proto__', value: 'x' },
    ]);
  });
});

describe('untagResource', () => {
  it('removes tags by their exact key and ignores those that are not there', () => {
    const key = aKmsKey({
      tags: [
        { key: 'a', value: '1' },
        { key: 'A', value: '2' },
      ],
    });
    expect(accepted(untagResource(key, ['a', 'unknown'], now)).tags).toEqual([{ key: 'A', value: '2' }]);
  });

  it('refuses the reserved prefix', () => {
    expect(refused(untagResource(aKmsKey(), ['aws:x'], now))).toEqual({ code: 'TagPrefixReserved' });
  });
});

it.each([
  ['tagResource', () => tagResource(pendingDeletion, numbered(1), now)],
  ['untagResource', () => untagResource(pendingDeletion, ['k0'], now)],
])('%s refuses a key that waits for deletion', (_name, command) => {
  expect(refused(command())).toMatchObject({ code: 'KeyInState', state: 'PendingDeletion' });
});
const pendingDeletion = aKmsKey({ state: { kind: 'PendingDeletion', deletionDate: instant(now + 1) } });
