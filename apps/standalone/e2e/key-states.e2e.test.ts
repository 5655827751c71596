import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  type KMSClient,
  ListAliasesCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
  UpdateKeyDescriptionCommand,
} from '@aws-sdk/client-kms';
import { aKey, anAlias } from './testing/a-key';
import { aService, account } from './testing/a-service';
import { aliasRefused, members, refusal, refused } from './testing/refused';

const service = aService();
let client: KMSClient;
beforeAll(() => {
  client = service.client();
});

const day = 86_400_000;
const Plaintext = new Uint8Array([1]);
const metadataOf = async (KeyId: string) => (await client.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata;

async function aKeyPendingDeletion() {
  const key = await aKey(client);
  await client.send(new ScheduleKeyDeletionCommand({ KeyId: key.id, PendingWindowInDays: 7 }));
  return key;
}

describe('DisableKey and EnableKey', () => {
  it('switch a key off and on again, and may be repeated', async () => {
    const { id, arn } = await aKey(client);
    for (const KeyId of [id, arn]) {
      expect(members(await client.send(new DisableKeyCommand({ KeyId })))).toEqual({});
      expect(await metadataOf(id)).toMatchObject({ Enabled: false, KeyState: 'Disabled' });
    }
    expect(await refused(client.send(new EncryptCommand({ KeyId: id, Plaintext })))).toEqual(
      refusal('DisabledException', `${arn} is disabled.`),
    );
    for (const KeyId of [id, arn]) {
      expect(members(await client.send(new EnableKeyCommand({ KeyId })))).toEqual({});
      expect(await metadataOf(id)).toMatchObject({ Enabled: true, KeyState: 'Enabled' });
    }
    await client.send(new EncryptCommand({ KeyId: id, Plaintext }));
  });

  it('answer with an empty body', async () => {
    const { id } = await aKey(client);
    for (const operation of ['DisableKey', 'EnableKey']) {
      expect(await service.wire(operation, { KeyId: id })).toMatchObject({ status: 200, text: '' });
    }
  });

  it('take no alias', async () => {
    const key = await aKey(client);
    const alias = await anAlias(client, key);
    for (const command of [
      new DisableKeyCommand({ KeyId: alias }),
      new EnableKeyCommand({ KeyId: alias }),
      new ScheduleKeyDeletionCommand({ KeyId: alias }),
      new CancelKeyDeletionCommand({ KeyId: alias }),
    ]) {
      expect(await refused(client.send(command as DisableKeyCommand))).toEqual(aliasRefused);
    }
  });

  it('refuse a key that waits for its key material', async () => {
    const { id, arn } = await aKey(client, { Origin: 'EXTERNAL' });
    const expected = refusal('KMSInvalidStateException', `${arn} is pending import.`);
    expect(await refused(client.send(new DisableKeyCommand({ KeyId: id })))).toEqual(expected);
    expect(await refused(client.send(new EnableKeyCommand({ KeyId: id })))).toEqual(expected);
    expect(await refused(client.send(new EncryptCommand({ KeyId: id, Plaintext })))).toEqual(expected);
  });

  it('do not find a key that is not there', async () => {
    const KeyId = '00000000-0000-4000-8000-000000000000';
    const expected = refusal('NotFoundException', `Key '${service.arn(KeyId)}' does not exist`);
    expect(await refused(client.send(new DisableKeyCommand({ KeyId })))).toEqual(expected);
    expect(await refused(client.send(new EnableKeyCommand({ KeyId })))).toEqual(expected);
  });

  it('do not find the key of another Region', async () => {
    const KeyId = `arn:aws:kms:eu-west-1:${account}:key/00000000-0000-4000-8000-000000000000`;
    expect(await refused(client.send(new DisableKeyCommand({ KeyId })))).toEqual(
      refusal('NotFoundException', 'Invalid arn eu-west-1'),
    );
  });
});

describe('ScheduleKeyDeletion', () => {
  it.each([7, 30, undefined])('waits %s days, 30 when nothing is said', async (days) => {
    const { id, arn } = await aKey(client);
    const before = Date.now();
    const answer = await client.send(new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays: days }));
    const window = days ?? 30;
    expect(members(answer)).toEqual({
      KeyId: arn,
      DeletionDate: expect.any(Date),
      KeyState: 'PendingDeletion',
      PendingWindowInDays: window,
    });
    const waits = (answer.DeletionDate?.getTime() ?? 0) - before;
    expect(Math.abs(waits - window * day)).toBeLessThan(60_000);
    expect(await metadataOf(arn)).toMatchObject({
      Enabled: false,
      KeyState: 'PendingDeletion',
      DeletionDate: answer.DeletionDate,
    });
  });

  it('takes keys that are disabled or wait for their key material', async () => {
    const disabled = await aKey(client);
    await client.send(new DisableKeyCommand({ KeyId: disabled.id }));
    const external = await aKey(client, { Origin: 'EXTERNAL' });
    for (const { id } of [disabled, external]) {
      const { KeyState } = await client.send(new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays: 7 }));
      expect(KeyState).toBe('PendingDeletion');
    }
  });

  it.each([
    [6, 'greater than or equal to 7'],
    [31, 'less than or equal to 30'],
    [0, 'greater than or equal to 1'],
    [366, 'less than or equal to 365'],
  ])('refuses a window of %i days', async (days, bound) => {
    const { id } = await aKey(client);
    expect(
      await refused(client.send(new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays: days }))),
    ).toEqual(
      refusal(
        'ValidationException',
        `1 validation error detected: Value '${days}' at 'pendingWindowInDays' failed to satisfy constraint: ` +
          `Member must have value ${bound}`,
      ),
    );
    expect((await metadataOf(id))?.KeyState).toBe('Enabled');
  });

  it('is refused for a key that waits already, as is everything that would use or change the key', async () => {
    const { id, arn } = await aKeyPendingDeletion();
    const expected = refusal('KMSInvalidStateException', `${arn} is pending deletion.`);
    for (const command of [
      new ScheduleKeyDeletionCommand({ KeyId: id }),
      new EnableKeyCommand({ KeyId: id }),
      new DisableKeyCommand({ KeyId: id }),
      new EncryptCommand({ KeyId: id, Plaintext }),
      new GenerateDataKeyCommand({ KeyId: id, KeySpec: 'AES_256' }),
      new UpdateKeyDescriptionCommand({ KeyId: id, Description: 'x' }),
      new TagResourceCommand({ KeyId: id, Tags: [{ TagKey: 'a', TagValue: 'b' }] }),
      new UntagResourceCommand({ KeyId: id, TagKeys: ['a'] }),
      new CreateAliasCommand({ AliasName: 'alias/too-late', TargetKeyId: id }),
    ]) {
      expect(await refused(client.send(command as EnableKeyCommand))).toEqual(expected);
    }
  });

  it('leaves the aliases, which can be moved away but not to such a key', async () => {
    const leaving = await aKey(client);
    const alias = await anAlias(client, leaving);
    await client.send(new ScheduleKeyDeletionCommand({ KeyId: leaving.id, PendingWindowInDays: 7 }));
    const aliases = await client.send(new ListAliasesCommand({ KeyId: leaving.id }));
    expect(aliases.Aliases?.map(({ AliasName }) => AliasName)).toEqual([alias]);

    const other = await aKey(client);
    await client.send(new UpdateAliasCommand({ AliasName: alias, TargetKeyId: other.id }));
    expect(await refused(client.send(new UpdateAliasCommand({ AliasName: alias, TargetKeyId: leaving.id })))).toEqual(
      refusal('KMSInvalidStateException', `${leaving.arn} is pending deletion.`),
    );
  });

  it('tells its date as a number of seconds', async () => {
    const { id } = await aKey(client);
    const { text } = await service.wire('ScheduleKeyDeletion', { KeyId: id });
    expect(text).toMatch(/"DeletionDate":\d{10}(\.\d{1,3})?[,}]/);
  });
});

describe('CancelKeyDeletion', () => {
  it('leaves the key disabled, to be enabled by hand', async () => {
    const { id, arn } = await aKeyPendingDeletion();
    expect(members(await client.send(new CancelKeyDeletionCommand({ KeyId: id })))).toEqual({ KeyId: arn });
    const key = await metadataOf(id);
    expect(key).toMatchObject({ Enabled: false, KeyState: 'Disabled' });
    expect(key?.DeletionDate).toBeUndefined();
    await client.send(new EnableKeyCommand({ KeyId: arn }));
    await client.send(new EncryptCommand({ KeyId: arn, Plaintext }));
  });

  it('is refused when nothing was scheduled, or a second time', async () => {
    const { id, arn } = await aKey(client);
    const expected = refusal('KMSInvalidStateException', `${arn} is not pending deletion.`);
    expect(await refused(client.send(new CancelKeyDeletionCommand({ KeyId: id })))).toEqual(expected);
    await client.send(new ScheduleKeyDeletionCommand({ KeyId: id }));
    await client.send(new CancelKeyDeletionCommand({ KeyId: arn }));
    expect(await refused(client.send(new CancelKeyDeletionCommand({ KeyId: id })))).toEqual(expected);
  });
});
