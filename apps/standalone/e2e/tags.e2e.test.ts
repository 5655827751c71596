import {
  type KMSClient,
  ListResourceTagsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  paginateListResourceTags,
} from '@aws-sdk/client-kms';
import { aKey, anAlias } from './testing/a-key';
import { aService } from './testing/a-service';
import { aliasRefused, members, refusal, refused } from './testing/refused';

const service = aService();
let client: KMSClient;
beforeAll(() => {
  client = service.client();
});

const tagsOf = (values: Record<string, string>) =>
  Object.entries(values).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
const listed = async (KeyId: string): Promise<Record<string, string>> => {
  const { Tags } = await client.send(new ListResourceTagsCommand({ KeyId }));
  return Object.fromEntries((Tags ?? []).map(({ TagKey = '', TagValue = '' }) => [TagKey, TagValue]));
};

describe('TagResource', () => {
  it('adds tags, and replaces the value of a key that is there', async () => {
    const { id, arn } = await aKey(client);
    expect(members(await client.send(new TagResourceCommand({ KeyId: id, Tags: tagsOf({ a: '1', b: '' }) })))).toEqual(
      {},
    );
    await client.send(new TagResourceCommand({ KeyId: arn, Tags: tagsOf({ A: 'other', a: '2' }) }));
    expect(await listed(id)).toEqual({ a: '2', b: '', A: 'other' });
  });

  it('answers with an empty body', async () => {
    const { id } = await aKey(client);
    expect(await service.wire('TagResource', { KeyId: id, Tags: tagsOf({ a: '' }) })).toMatchObject({
      status: 200,
      text: '',
    });
    expect(await service.wire('UntagResource', { KeyId: id, TagKeys: ['a'] })).toMatchObject({ status: 200, text: '' });
  });

  it('keeps characters beyond ASCII', async () => {
    const { id } = await aKey(client);
    await client.send(new TagResourceCommand({ KeyId: id, Tags: tagsOf({ Größe: '12 ½ ✓' }) }));
    expect(await listed(id)).toEqual({ Größe: '12 ½ ✓' });
  });

  it('gives a key fifty tags, and none of a request that goes beyond', async () => {
    const { id } = await aKey(client);
    const fifty = Object.fromEntries(Array.from({ length: 49 }, (_, i) => [`k${i}`, 'v']));
    await client.send(new TagResourceCommand({ KeyId: id, Tags: tagsOf(fifty) }));
    expect(await refused(client.send(new TagResourceCommand({ KeyId: id, Tags: tagsOf({ x: '', y: '' }) })))).toEqual(
      refusal('TagException', 'Too many tags'),
    );
    await client.send(new TagResourceCommand({ KeyId: id, Tags: tagsOf({ x: '', k0: 'new' }) }));
    expect(await listed(id)).toEqual({ ...fifty, x: '', k0: 'new' });
  });

  it.each([
    ['a tag key twice', [...tagsOf({ a: '1' }), ...tagsOf({ a: '2' })], 'TagException', 'Duplicate tag keys'],
    ['a reserved tag', tagsOf({ 'aWS:x': '' }), 'TagException', 'Tags beginning with aws: are reserved'],
    [
      'a value that is too long',
      tagsOf({ a: 'v'.repeat(257) }),
      'ValidationException',
      `1 validation error detected: Value '${'v'.repeat(257)}' at 'tags.1.member.tagValue' failed to satisfy ` +
        'constraint: Member must have length less than or equal to 256',
    ],
    [
      'an empty key',
      tagsOf({ '': 'v' }),
      'ValidationException',
      "1 validation error detected: Value '' at 'tags.1.member.tagKey' failed to satisfy constraint: Member must have " +
        'length greater than or equal to 1',
    ],
  ])('refuses %s', async (_, Tags, code, message) => {
    const { id } = await aKey(client);
    expect(await refused(client.send(new TagResourceCommand({ KeyId: id, Tags })))).toEqual(refusal(code, message));
    expect(await listed(id)).toEqual({});
  });
});

describe('UntagResource', () => {
  it('takes tags away and ignores keys that are not there', async () => {
    const { id, arn } = await aKey(client, { Tags: tagsOf({ a: '1', b: '2', c: '3' }) });
    expect(members(await client.send(new UntagResourceCommand({ KeyId: arn, TagKeys: ['a', 'zzz', 'c'] })))).toEqual(
      {},
    );
    expect(await listed(id)).toEqual({ b: '2' });
  });

  it('names the place of a key that is too long', async () => {
    const { id } = await aKey(client);
    const long = 'k'.repeat(129);
    expect(await refused(client.send(new UntagResourceCommand({ KeyId: id, TagKeys: ['a', long] })))).toEqual(
      refusal(
        'ValidationException',
        `1 validation error detected: Value '${long}' at 'tagKeys.2.member' failed to satisfy constraint: Member must ` +
          'have length less than or equal to 128',
      ),
    );
  });
});

describe('ListResourceTags', () => {
  it('lists every tag once when paged one by one', async () => {
    const tags = { first: '1', second: '2', third: '3' };
    const { id } = await aKey(client, { Tags: tagsOf(tags) });
    const found: Record<string, string> = {};
    let pages = 0;
    for await (const page of paginateListResourceTags({ client, pageSize: 1 }, { KeyId: id })) {
      pages += 1;
      for (const { TagKey = '', TagValue = '' } of page.Tags ?? []) found[TagKey] = TagValue;
    }
    expect(pages).toBe(3);
    expect(found).toEqual(tags);
  });

  it('tells an empty list, and no marker', async () => {
    const { id } = await aKey(client);
    expect(JSON.parse((await service.wire('ListResourceTags', { KeyId: id })).text)).toEqual({
      Tags: [],
      Truncated: false,
    });
  });

  it('takes no alias, and not the marker of another key', async () => {
    const key = await aKey(client, { Tags: tagsOf({ a: '1', b: '2' }) });
    const alias = await anAlias(client, key);
    expect(await refused(client.send(new ListResourceTagsCommand({ KeyId: alias })))).toEqual(aliasRefused);
    const { NextMarker } = await client.send(new ListResourceTagsCommand({ KeyId: key.id, Limit: 1 }));
    const other = await aKey(client, { Tags: tagsOf({ a: '1', b: '2' }) });
    expect(
      (await refused(client.send(new ListResourceTagsCommand({ KeyId: other.id, Marker: NextMarker })))).code,
    ).toBe('InvalidMarkerException');
  });
});
