import {
  CreateAliasCommand,
  CreateKeyCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  EncryptCommand,
  type KMSClient,
  ListAliasesCommand,
  ScheduleKeyDeletionCommand,
  UpdateAliasCommand,
  paginateListAliases,
} from '@aws-sdk/client-kms';
import { type AKey, aKey, anAlias } from './testing/a-key';
import { aService, account } from './testing/a-service';
import { members, refusal, refused } from './testing/refused';

const service = aService();
let client: KMSClient;
let key: AKey;
beforeAll(async () => {
  client = service.client();
  key = await aKey(client);
});

const target = async (KeyId: string) => (await client.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyId;
const unknownId = '00000000-0000-4000-8000-000000000000';

describe('CreateAlias', () => {
  it('names a key by its id or its ARN', async () => {
    for (const [AliasName, TargetKeyId] of [
      ['alias/by-id', key.id],
      ['alias/by/ARN_2', key.arn],
    ] as const) {
      expect(members(await client.send(new CreateAliasCommand({ AliasName, TargetKeyId })))).toEqual({});
      expect(await target(AliasName)).toBe(key.id);
      expect(await target(service.arn(AliasName))).toBe(key.id);
    }
  });

  it('answers with an empty body', async () => {
    expect(await service.wire('CreateAlias', { AliasName: 'alias/empty', TargetKeyId: key.id })).toMatchObject({
      status: 200,
      text: '',
    });
  });

  it('tells upper from lower case', async () => {
    const other = await aKey(client);
    await client.send(new CreateAliasCommand({ AliasName: 'alias/case', TargetKeyId: key.id }));
    await client.send(new CreateAliasCommand({ AliasName: 'alias/CASE', TargetKeyId: other.id }));
    expect(await target('alias/case')).toBe(key.id);
    expect(await target('alias/CASE')).toBe(other.id);
  });

  it.each<[string, string, () => string, string, string]>([
    [
      'a name without the prefix',
      'project',
      () => key.id,
      'ValidationException',
      'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    ],
    [
      'a name with a blank',
      'alias/a b',
      () => key.id,
      'ValidationException',
      "1 validation error detected: Value 'alias/a b' at 'aliasName' failed to satisfy constraint: Member must satisfy " +
        'regular expression pattern: ^[a-zA-Z0-9:/_-]+$',
    ],
    ['a colon', 'alias/a:b', () => key.id, 'ValidationException', 'alias/a:b contains invalid characters for an alias'],
    [
      'a key id that no key has',
      'alias/unknown',
      () => unknownId,
      'NotFoundException',
      `Key 'arn:aws:kms:us-east-1:${account}:key/${unknownId}' does not exist`,
    ],
    ['what is no key id', 'alias/unknown', () => 'project', 'NotFoundException', "Invalid keyId 'project'"],
    [
      'an alias as target',
      'alias/of-alias',
      () => 'alias/by-id',
      'ValidationException',
      'Aliases must refer to keys. Not aliases',
    ],
    [
      'a key of another Region',
      'alias/abroad',
      () => `arn:aws:kms:eu-west-1:${account}:key/${unknownId}`,
      'NotFoundException',
      'Invalid arn eu-west-1',
    ],
  ])('refuses %s', async (_, AliasName, TargetKeyId, code, message) => {
    expect(await refused(client.send(new CreateAliasCommand({ AliasName, TargetKeyId: TargetKeyId() })))).toEqual(
      refusal(code, message),
    );
  });

  it('refuses a name that is taken, even for the same key', async () => {
    const alias = await anAlias(client, key);
    expect(await refused(client.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: key.id })))).toEqual(
      refusal('AlreadyExistsException', `An alias with the name ${service.arn(alias)} already exists`),
    );
  });

  it('keeps alias/aws/ for the service', async () => {
    expect(
      await refused(client.send(new CreateAliasCommand({ AliasName: 'alias/aws/s3', TargetKeyId: key.id }))),
    ).toEqual(
      refusal('NotAuthorizedException', 'The alias name for a customer managed CMK cannot begin with alias/aws/.'),
    );
  });

  it('gives a key fifty aliases and no more', async () => {
    const many = await aKey(client);
    for (let i = 0; i < 50; i += 1) {
      await client.send(new CreateAliasCommand({ AliasName: `alias/many/${i}`, TargetKeyId: many.id }));
    }
    expect(
      await refused(client.send(new CreateAliasCommand({ AliasName: 'alias/many/50', TargetKeyId: many.id }))),
    ).toEqual(
      refusal(
        'LimitExceededException',
        'Aliases per key quota for this account in this region is 50, current usage is 50.',
      ),
    );
  });

  it('names all violations at once', async () => {
    const { text } = await service.wire('CreateAlias', { AliasName: '' });
    expect(JSON.parse(text)).toEqual({
      __type: 'ValidationException',
      message: expect.stringMatching(
        /^[23] validation errors detected: Value '' at 'aliasName' .*; Value null at 'targetKeyId' failed to satisfy constraint: Member must not be null$/,
      ),
    });
  });
});

describe('UpdateAlias', () => {
  it('moves an alias to another key at once', async () => {
    const alias = await anAlias(client, key);
    const other = await aKey(client);
    expect(members(await client.send(new UpdateAliasCommand({ AliasName: alias, TargetKeyId: other.arn })))).toEqual(
      {},
    );
    expect(await target(alias)).toBe(other.id);
    const { KeyId } = await client.send(new EncryptCommand({ KeyId: alias, Plaintext: new Uint8Array(1) }));
    expect(KeyId).toBe(other.arn);
  });

  it('does not find an alias that is not there', async () => {
    const AliasName = 'alias/not-there';
    expect(await refused(client.send(new UpdateAliasCommand({ AliasName, TargetKeyId: key.id })))).toEqual(
      refusal('NotFoundException', `Alias ${service.arn(AliasName)} is not found.`),
    );
  });

  it('refuses a key of another type or usage', async () => {
    const alias = await anAlias(client, key);
    const { KeyMetadata } = await client.send(
      new CreateKeyCommand({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' }),
    );
    const { code } = await refused(
      client.send(new UpdateAliasCommand({ AliasName: alias, TargetKeyId: KeyMetadata?.KeyId })),
    );
    expect(code).toBe('ValidationException');
    expect(await target(alias)).toBe(key.id);
  });
});

describe('DeleteAlias', () => {
  it('takes the name away and leaves the key', async () => {
    const alias = await anAlias(client, key);
    expect(members(await client.send(new DeleteAliasCommand({ AliasName: alias })))).toEqual({});
    const gone = refusal('NotFoundException', `Alias ${service.arn(alias)} is not found.`);
    expect(await refused(client.send(new DescribeKeyCommand({ KeyId: alias })))).toEqual(gone);
    expect(await refused(client.send(new DeleteAliasCommand({ AliasName: alias })))).toEqual(gone);
    expect(await target(key.id)).toBe(key.id);
  });

  it('works while the key waits for deletion', async () => {
    const leaving = await aKey(client);
    const alias = await anAlias(client, leaving);
    await client.send(new ScheduleKeyDeletionCommand({ KeyId: leaving.id }));
    await client.send(new DeleteAliasCommand({ AliasName: alias }));
  });

  it('wants the prefix', async () => {
    expect((await refused(client.send(new DeleteAliasCommand({ AliasName: 'project' })))).message).toMatch(
      /^Alias must start with the prefix "alias\/"\./,
    );
  });
});

describe('ListAliases', () => {
  it('tells name, ARN, target and both dates, which UpdateAlias moves', async () => {
    const own = await aKey(client);
    const alias = await anAlias(client, own);
    const list = async (KeyId: string) => (await client.send(new ListAliasesCommand({ KeyId }))).Aliases;
    const [before] = (await list(own.id)) ?? [];
    expect(before).toEqual({
      AliasName: alias,
      AliasArn: service.arn(alias),
      TargetKeyId: own.id,
      CreationDate: expect.any(Date),
      LastUpdatedDate: before?.CreationDate,
    });
    const other = await aKey(client);
    await client.send(new UpdateAliasCommand({ AliasName: alias, TargetKeyId: other.id }));
    const [after] = (await list(other.arn)) ?? [];
    expect(after?.CreationDate).toEqual(before?.CreationDate);
    expect(after?.LastUpdatedDate?.getTime()).toBeGreaterThan(before?.LastUpdatedDate?.getTime() ?? Infinity);
    expect(await list(own.id)).toEqual([]);
  });

  it.each([undefined, 'one key'])('lists every alias once when paged one by one (of %s)', async (filter) => {
    const KeyId = filter === undefined ? undefined : key.id;
    const names: string[] = [];
    for await (const page of paginateListAliases({ client, pageSize: 1 }, { KeyId })) {
      expect(page.Aliases).toHaveLength(1);
      names.push(page.Aliases?.[0]?.AliasName ?? '');
    }
    expect(new Set(names).size).toBe(names.length);
    const all = await client.send(new ListAliasesCommand({ KeyId, Limit: 100 }));
    expect(all.Truncated).toBe(false);
    expect([...names].sort()).toEqual(all.Aliases?.map(({ AliasName }) => AliasName).sort());
  });

  it('answers at most 50 when nothing is said', async () => {
    const page = await client.send(new ListAliasesCommand({}));
    expect(page.Aliases).toHaveLength(50);
    expect(page).toMatchObject({ Truncated: true, NextMarker: expect.any(String) });
  });

  it('refuses the marker of another list', async () => {
    const { NextMarker } = await client.send(new ListAliasesCommand({ Limit: 1 }));
    expect((await refused(client.send(new ListAliasesCommand({ KeyId: key.id, Marker: NextMarker })))).code).toBe(
      'InvalidMarkerException',
    );
  });

  it('does not find a key that is not there', async () => {
    expect(await refused(client.send(new ListAliasesCommand({ KeyId: unknownId })))).toEqual(
      refusal('NotFoundException', `Key '${service.arn(unknownId)}' does not exist`),
    );
  });
});
