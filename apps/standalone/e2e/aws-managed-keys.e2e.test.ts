import * as kms from '@aws-sdk/client-kms';
import { aKey } from './testing/a-key';
import { aService, account } from './testing/a-service';
import { refusal, refused } from './testing/refused';

const service = aService({ environment: { KEYWARDEN_REGIONS: 'us-east-1,eu-west-1' } });
let client: kms.KMSClient;
beforeAll(() => {
  client = service.client();
});

const metadataOf = async (KeyId: string, of = client) =>
  (await of.send(new kms.DescribeKeyCommand({ KeyId }))).KeyMetadata;
const managed = async (name = 's3') => {
  const { KeyId: id = '', Arn: arn = '' } = (await metadataOf(`alias/aws/${name}`)) ?? {};
  return { id, arn };
};

describe('an AWS managed key', () => {
  it('is made when its alias is first named, and is the same from then on', async () => {
    const first = await metadataOf('alias/aws/ebs');
    expect(first).toMatchObject({
      KeyManager: 'AWS',
      KeyState: 'Enabled',
      Enabled: true,
      KeySpec: 'SYMMETRIC_DEFAULT',
      KeyUsage: 'ENCRYPT_DECRYPT',
      Origin: 'AWS_KMS',
      MultiRegion: false,
      AWSAccountId: account,
      Description: expect.stringMatching(/ebs/),
    });
    expect(await metadataOf(service.arn('alias/aws/ebs'))).toEqual(first);
    expect(await metadataOf(first?.Arn ?? '')).toEqual(first);
  });

  it('is one, however many ask for it at once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, async () => metadataOf('alias/aws/sqs')));
    expect(new Set(all.map((key) => key?.KeyId)).size).toBe(1);
    const { Aliases } = await client.send(new kms.ListAliasesCommand({ KeyId: all[0]?.KeyId }));
    expect(Aliases?.map(({ AliasName, TargetKeyId }) => [AliasName, TargetKeyId])).toEqual([
      ['alias/aws/sqs', all[0]?.KeyId],
    ]);
    const { Keys } = await client.send(new kms.ListKeysCommand({ Limit: 1_000 }));
    const mine = (await Promise.all((Keys ?? []).map(async ({ KeyId = '' }) => metadataOf(KeyId)))).filter(
      (key) => key?.KeyManager === 'AWS' && key.Description?.includes('sqs'),
    );
    expect(mine).toHaveLength(1);
  });

  it('is another one in another Region', async () => {
    const [here, there] = [
      await metadataOf('alias/aws/sns'),
      await metadataOf('alias/aws/sns', service.client('eu-west-1')),
    ];
    expect(there?.KeyManager).toBe('AWS');
    expect(there?.KeyId).not.toBe(here?.KeyId);
    expect(there?.Arn).toContain(':eu-west-1:');
  });

  it('rotates every year, by itself', async () => {
    const { id: KeyId } = await managed();
    const status = await client.send(new kms.GetKeyRotationStatusCommand({ KeyId }));
    expect(status).toMatchObject({ KeyRotationEnabled: true, RotationPeriodInDays: 365 });
  });

  it('is used by its alias, by its id and by its ARN', async () => {
    const { id, arn } = await managed();
    for (const KeyId of ['alias/aws/s3', id, arn]) {
      const { CiphertextBlob, KeyId: by } = await client.send(
        new kms.EncryptCommand({ KeyId, Plaintext: Buffer.from('object') }),
      );
      expect(by).toBe(arn);
      const { Plaintext } = await client.send(new kms.DecryptCommand({ CiphertextBlob }));
      expect(Buffer.from(Plaintext ?? []).toString()).toBe('object');
    }
  });

  it('comes into being on the first cryptographic call that names it', async () => {
    const { KeyId } = await client.send(new kms.GenerateDataKeyCommand({ KeyId: 'alias/aws/ebs', KeySpec: 'AES_256' }));
    expect((await metadataOf('alias/aws/ebs'))?.Arn).toBe(KeyId);
  });

  it.each<[string, (KeyId: string) => Promise<unknown>]>([
    ['ScheduleKeyDeletion', (KeyId) => client.send(new kms.ScheduleKeyDeletionCommand({ KeyId }))],
    ['DisableKey', (KeyId) => client.send(new kms.DisableKeyCommand({ KeyId }))],
    ['EnableKey', (KeyId) => client.send(new kms.EnableKeyCommand({ KeyId }))],
    ['PutKeyPolicy', (KeyId) => client.send(new kms.PutKeyPolicyCommand({ KeyId, Policy: '{}' }))],
    [
      'TagResource',
      (KeyId) => client.send(new kms.TagResourceCommand({ KeyId, Tags: [{ TagKey: 'a', TagValue: 'b' }] })),
    ],
    ['UntagResource', (KeyId) => client.send(new kms.UntagResourceCommand({ KeyId, TagKeys: ['a'] }))],
    ['UpdateKeyDescription', (KeyId) => client.send(new kms.UpdateKeyDescriptionCommand({ KeyId, Description: 'x' }))],
    ['EnableKeyRotation', (KeyId) => client.send(new kms.EnableKeyRotationCommand({ KeyId }))],
    ['DisableKeyRotation', (KeyId) => client.send(new kms.DisableKeyRotationCommand({ KeyId }))],
    ['RotateKeyOnDemand', (KeyId) => client.send(new kms.RotateKeyOnDemandCommand({ KeyId }))],
    ['CancelKeyDeletion', (KeyId) => client.send(new kms.CancelKeyDeletionCommand({ KeyId }))],
    ['DeleteImportedKeyMaterial', (KeyId) => client.send(new kms.DeleteImportedKeyMaterialCommand({ KeyId }))],
  ])('is not changed by %s', async (_, call) => {
    const { id } = await managed();
    const before = await metadataOf(id);
    expect((await refused(call(id))).code).toBe('AccessDeniedException');
    expect(await metadataOf(id)).toEqual(before);
  });
});

describe('aliases that begin with alias/aws/', () => {
  it('are not for customers', async () => {
    const { id: TargetKeyId } = await aKey(client);
    for (const [operation, body] of [
      ['CreateAlias', { AliasName: 'alias/aws/mine', TargetKeyId }],
      ['UpdateAlias', { AliasName: 'alias/aws/s3', TargetKeyId }],
      ['DeleteAlias', { AliasName: 'alias/aws/s3' }],
    ] as const) {
      const { status, text } = await service.wire(operation, body);
      expect([operation, status]).toEqual([operation, 400]);
      expect(JSON.parse(text)).toMatchObject({ __type: 'NotAuthorizedException' });
    }
  });

  it('name nothing when no service is called so', async () => {
    expect(await refused(client.send(new kms.DescribeKeyCommand({ KeyId: 'alias/aws/no-such-service' })))).toEqual(
      refusal('NotFoundException', `Alias ${service.arn('alias/aws/no-such-service')} is not found.`),
    );
  });

  it('take no further alias of a customer to their key', async () => {
    const { id: TargetKeyId } = await managed();
    const call = client.send(new kms.CreateAliasCommand({ AliasName: 'alias/of-mine', TargetKeyId }));
    expect((await refused(call)).code).toBe('AccessDeniedException');
  });
});
