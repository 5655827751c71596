import {
  CreateAliasCommand,
  CreateKeyCommand,
  type CreateKeyCommandInput,
  DescribeKeyCommand,
  type KMSClient,
  ListKeysCommand,
  ListResourceTagsCommand,
  UpdateKeyDescriptionCommand,
  paginateListKeys,
} from '@aws-sdk/client-kms';
import { aService, account } from './testing/a-service';
import { members, refusal, refused } from './testing/refused';

const service = aService({ environment: { KEYWARDEN_KEY_QUOTA: '60' } });
let client: KMSClient;
beforeAll(() => {
  client = service.client();
});

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const unknownId = '00000000-0000-4000-8000-000000000000';

async function create(input: CreateKeyCommandInput = {}) {
  const { KeyMetadata } = await client.send(new CreateKeyCommand(input));
  if (KeyMetadata === undefined) throw new Error('no metadata came');
  return KeyMetadata;
}

describe('CreateKey', () => {
  it('makes a symmetric encryption key when nothing is asked for', async () => {
    const before = Date.now();
    const key = await create();
    expect(key).toEqual({
      AWSAccountId: account,
      KeyId: expect.stringMatching(uuid),
      Arn: service.arn(key.KeyId ?? ''),
      CreationDate: expect.any(Date),
      Enabled: true,
      Description: '',
      KeyUsage: 'ENCRYPT_DECRYPT',
      KeyState: 'Enabled',
      Origin: 'AWS_KMS',
      KeyManager: 'CUSTOMER',
      CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
      KeySpec: 'SYMMETRIC_DEFAULT',
      EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
      MultiRegion: false,
      CurrentKeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(key.CreationDate?.getTime()).toBeGreaterThanOrEqual(before - 1_000);
    expect(key.CreationDate?.getTime()).toBeLessThanOrEqual(Date.now() + 1_000);
  });

  it('takes every parameter of a symmetric key', async () => {
    const policy = {
      Version: '2012-10-17',
      Id: 'p',
      Statement: [
        {
          Sid: 'everything for the account',
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${account}:root` },
          Action: 'kms:*',
          Resource: '*',
        },
      ],
    };
    const key = await create({
      Policy: JSON.stringify(policy),
      Description: 'Grüße ✓',
      KeyUsage: 'ENCRYPT_DECRYPT',
      KeySpec: 'SYMMETRIC_DEFAULT',
      Origin: 'AWS_KMS',
      BypassPolicyLockoutSafetyCheck: true,
      Tags: [
        { TagKey: 'Purpose', TagValue: 'test' },
        { TagKey: 'empty', TagValue: '' },
      ],
      MultiRegion: false,
    });
    expect(key.Description).toBe('Grüße ✓');
    const tags = await client.send(new ListResourceTagsCommand({ KeyId: key.KeyId }));
    expect(tags.Tags).toEqual([
      { TagKey: 'Purpose', TagValue: 'test' },
      { TagKey: 'empty', TagValue: '' },
    ]);
  });

  it('makes a multi-Region primary key without replicas', async () => {
    const key = await create({ MultiRegion: true });
    expect(key).toMatchObject({
      KeyId: expect.stringMatching(/^mrk-[0-9a-f]{32}$/),
      MultiRegion: true,
      MultiRegionConfiguration: {
        MultiRegionKeyType: 'PRIMARY',
        PrimaryKey: { Arn: key.Arn, Region: 'us-east-1' },
        ReplicaKeys: [],
      },
    });
  });

  it('leaves a key of origin EXTERNAL waiting for its key material', async () => {
    const key = await create({ Origin: 'EXTERNAL' });
    expect(key).toMatchObject({ Enabled: false, KeyState: 'PendingImport', Origin: 'EXTERNAL' });
    expect(key.CurrentKeyMaterialId).toBeUndefined();
    expect(key.ExpirationModel).toBeUndefined();
    expect(key.ValidTo).toBeUndefined();
  });

  it.each([
    ['RSA_2048', 'ENCRYPT_DECRYPT', { EncryptionAlgorithms: ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'] }],
    [
      'RSA_2048',
      'SIGN_VERIFY',
      {
        SigningAlgorithms: [
          'RSASSA_PKCS1_V1_5_SHA_256',
          'RSASSA_PKCS1_V1_5_SHA_384',
          'RSASSA_PKCS1_V1_5_SHA_512',
          'RSASSA_PSS_SHA_256',
          'RSASSA_PSS_SHA_384',
          'RSASSA_PSS_SHA_512',
        ],
      },
    ],
    ['ECC_NIST_P256', 'SIGN_VERIFY', { SigningAlgorithms: ['ECDSA_SHA_256'] }],
    ['ECC_NIST_P384', 'KEY_AGREEMENT', { KeyAgreementAlgorithms: ['ECDH'] }],
    ['ECC_NIST_P521', 'SIGN_VERIFY', { SigningAlgorithms: ['ECDSA_SHA_512'] }],
    ['ECC_SECG_P256K1', 'SIGN_VERIFY', { SigningAlgorithms: ['ECDSA_SHA_256'] }],
    ['HMAC_224', 'GENERATE_VERIFY_MAC', { MacAlgorithms: ['HMAC_SHA_224'] }],
    ['HMAC_512', 'GENERATE_VERIFY_MAC', { MacAlgorithms: ['HMAC_SHA_512'] }],
    ['ML_DSA_44', 'SIGN_VERIFY', { SigningAlgorithms: ['ML_DSA_SHAKE_256'] }],
  ] as const)('tells the algorithms of a key of spec %s for %s and no others', async (spec, usage, algorithms) => {
    const key = await create({ KeySpec: spec, KeyUsage: usage });
    const { EncryptionAlgorithms, SigningAlgorithms, MacAlgorithms, KeyAgreementAlgorithms } = key;
    expect({ EncryptionAlgorithms, SigningAlgorithms, MacAlgorithms, KeyAgreementAlgorithms }).toEqual(algorithms);
    expect(key).toMatchObject({ KeySpec: spec, CustomerMasterKeySpec: spec, KeyUsage: usage });
    expect(key.CurrentKeyMaterialId).toBeUndefined();
  });

  it('takes the deprecated CustomerMasterKeySpec for KeySpec', async () => {
    const key = await create({ CustomerMasterKeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
    expect(key.KeySpec).toBe('ECC_NIST_P256');
  });

  const tagsOf = (...keys: string[]) => keys.map((TagKey) => ({ TagKey, TagValue: 'v' }));
  it.each<[string, CreateKeyCommandInput, string, string]>([
    [
      'a usage that is missing',
      { KeySpec: 'RSA_2048' },
      'ValidationException',
      'You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.',
    ],
    [
      'a usage that does not go with the spec',
      { KeySpec: 'ECC_NIST_P256', KeyUsage: 'ENCRYPT_DECRYPT' },
      'ValidationException',
      'KeyUsage ENCRYPT_DECRYPT is not compatible with KeySpec ECC_NIST_P256',
    ],
    [
      'both names of the spec at once',
      { KeySpec: 'SYMMETRIC_DEFAULT', CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT' },
      'ValidationException',
      'You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.',
    ],
    ['a tag key twice', { Tags: tagsOf('a', 'a') }, 'TagException', 'Duplicate tag keys'],
    ['51 tags', { Tags: tagsOf(...Array.from({ length: 51 }, (_, i) => `k${i}`)) }, 'TagException', 'Too many tags'],
    ['a reserved tag', { Tags: tagsOf('Aws:x') }, 'TagException', 'Tags beginning with aws: are reserved'],
    [
      'a description of 8,193 characters',
      { Description: 'd'.repeat(8_193) },
      'ValidationException',
      `1 validation error detected: Value '${'d'.repeat(8_193)}' at 'description' failed to satisfy constraint: ` +
        'Member must have length less than or equal to 8192',
    ],
  ])('refuses %s', async (_, input, code, message) => {
    expect(await refused(client.send(new CreateKeyCommand(input)))).toEqual(refusal(code, message));
  });

  it('names the enumeration when the spec is unknown', async () => {
    const { code, message } = await refused(client.send(new CreateKeyCommand({ KeySpec: 'DES' as 'HMAC_224' })));
    expect(code).toBe('ValidationException');
    const [, set] =
      /^1 validation error detected: Value 'DES' at 'keySpec' failed to satisfy constraint: Member must satisfy enum value set: \[(.*)\]$/.exec(
        message,
      ) ?? [];
    expect(set?.split(', ')).toEqual(
      expect.arrayContaining(['SYMMETRIC_DEFAULT', 'RSA_2048', 'HMAC_512', 'ML_DSA_87']),
    );
  });

  it('names the place of a tag that is too long, counting from 1', async () => {
    const long = 'k'.repeat(129);
    expect(await refused(client.send(new CreateKeyCommand({ Tags: tagsOf('a', long) })))).toEqual(
      refusal(
        'ValidationException',
        `1 validation error detected: Value '${long}' at 'tags.2.member.tagKey' failed to satisfy constraint: ` +
          'Member must have length less than or equal to 128',
      ),
    );
  });
});

describe('DescribeKey', () => {
  it('finds a key by its id, its ARN, the name and the ARN of its alias', async () => {
    const { KeyId, Arn } = await create({ Description: 'found four ways' });
    const alias = 'alias/four/ways_1';
    await client.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: KeyId }));
    for (const name of [KeyId, Arn, alias, service.arn(alias)]) {
      const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: name, GrantTokens: [] }));
      expect(KeyMetadata).toMatchObject({ KeyId, Arn, Description: 'found four ways' });
    }
  });

  it('tells the same as CreateKey did', async () => {
    const created = await create({ Description: 'same' });
    const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: created.KeyId }));
    expect(KeyMetadata).toEqual(created);
  });

  it.each<[string, string, string, string]>([
    [
      'an id that no key has',
      unknownId,
      'NotFoundException',
      `Key 'arn:aws:kms:us-east-1:${account}:key/${unknownId}' does not exist`,
    ],
    [
      'an ARN that no key has',
      `arn:aws:kms:us-east-1:${account}:key/${unknownId}`,
      'NotFoundException',
      `Key 'arn:aws:kms:us-east-1:${account}:key/${unknownId}' does not exist`,
    ],
    [
      'a multi-Region id that no key has',
      `mrk-${'0'.repeat(32)}`,
      'NotFoundException',
      `Key 'arn:aws:kms:us-east-1:${account}:key/mrk-${'0'.repeat(32)}' does not exist`,
    ],
    ['what is no id', 'my key', 'NotFoundException', "Invalid keyId 'my key'"],
    ['an id without hyphens', '0'.repeat(32), 'NotFoundException', `Invalid keyId '${'0'.repeat(32)}'`],
    [
      'an ARN of another Region',
      `arn:aws:kms:eu-west-1:${account}:key/${unknownId}`,
      'NotFoundException',
      'Invalid arn eu-west-1',
    ],
    [
      'an alias that is not there',
      'alias/nowhere',
      'NotFoundException',
      `Alias arn:aws:kms:us-east-1:${account}:alias/nowhere is not found.`,
    ],
    [
      'the ARN of an alias that is not there',
      `arn:aws:kms:us-east-1:${account}:alias/nowhere`,
      'NotFoundException',
      `Alias arn:aws:kms:us-east-1:${account}:alias/nowhere is not found.`,
    ],
  ])('does not find %s', async (_, name, code, message) => {
    expect(await refused(client.send(new DescribeKeyCommand({ KeyId: name })))).toEqual(refusal(code, message));
  });

  it('does not tell whether another account has a key', async () => {
    const { code, message } = await refused(
      client.send(new DescribeKeyCommand({ KeyId: `arn:aws:kms:us-east-1:999999999999:key/${unknownId}` })),
    );
    expect(code).toBe('AccessDeniedException');
    expect(message).toMatch(/^User: arn:aws:iam::111122223333:\S+ is not authorized to perform: kms:DescribeKey on /);
  });
});

describe('UpdateKeyDescription', () => {
  it('replaces the description, also by an empty one', async () => {
    const { KeyId, Arn } = await create({ Description: 'old' });
    expect(members(await client.send(new UpdateKeyDescriptionCommand({ KeyId, Description: 'new' })))).toEqual({});
    expect((await client.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.Description).toBe('new');
    await client.send(new UpdateKeyDescriptionCommand({ KeyId: Arn, Description: '' }));
    expect((await client.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.Description).toBe('');
  });

  it('answers with an empty body', async () => {
    const { KeyId } = await create();
    expect((await service.wire('UpdateKeyDescription', { KeyId, Description: 'x' })).text).toBe('');
  });

  it('takes no alias', async () => {
    const { KeyId } = await create();
    await client.send(new CreateAliasCommand({ AliasName: 'alias/described', TargetKeyId: KeyId }));
    expect(
      await refused(client.send(new UpdateKeyDescriptionCommand({ KeyId: 'alias/described', Description: 'x' }))),
    ).toEqual(refusal('InvalidArnException', 'Key Aliases are not supported for this operation.'));
  });

  it('needs both parameters and says so in one message', async () => {
    const { status, text } = await service.wire('UpdateKeyDescription', {});
    expect(status).toBe(400);
    expect(JSON.parse(text)).toEqual({
      __type: 'ValidationException',
      message:
        "2 validation errors detected: Value null at 'keyId' failed to satisfy constraint: Member must not be null; " +
        "Value null at 'description' failed to satisfy constraint: Member must not be null",
    });
  });
});

describe('ListKeys', () => {
  it('lists every key once when paged one by one', async () => {
    const all = await client.send(new ListKeysCommand({ Limit: 1000 }));
    expect(all.Truncated).toBe(false);
    expect(all.NextMarker).toBeUndefined();
    const seen: string[] = [];
    for await (const page of paginateListKeys({ client, pageSize: 1 }, {})) {
      expect(page.Keys).toHaveLength(1);
      seen.push(...(page.Keys ?? []).map((key) => key.KeyId ?? ''));
    }
    expect(seen.length).toBeGreaterThan(10);
    expect(new Set(seen).size).toBe(seen.length);
    expect([...seen].sort()).toEqual((all.Keys ?? []).map((key) => key.KeyId).sort());
  });

  it('tells id and ARN and nothing else', async () => {
    const { Keys } = await client.send(new ListKeysCommand({ Limit: 1 }));
    const [key] = Keys ?? [];
    expect(key).toEqual({ KeyId: expect.any(String), KeyArn: service.arn(key?.KeyId ?? '') });
  });

  it.each(['x', 'bm90IG91cnM='])('refuses the marker %s', async (Marker) => {
    expect((await refused(client.send(new ListKeysCommand({ Marker })))).code).toBe('InvalidMarkerException');
  });

  it('refuses limits beyond its bounds, and the marker with them', async () => {
    const { text } = await service.wire('ListKeys', { Limit: 0, Marker: '' });
    expect(JSON.parse(text)).toEqual({
      __type: 'ValidationException',
      message:
        "2 validation errors detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value " +
        "greater than or equal to 1; Value '' at 'marker' failed to satisfy constraint: Member must have length " +
        'greater than or equal to 1',
    });
  });
});

describe('the key quota', () => {
  it('stops CreateKey with a LimitExceededException that names limit and usage', async () => {
    let last: Awaited<ReturnType<typeof refused>> | undefined;
    for (let i = 0; i < 61 && last === undefined; i += 1) {
      await create().catch(async (error: unknown) => {
        last = await refused(Promise.reject(error));
      });
    }
    expect(last).toEqual(
      refusal('LimitExceededException', 'Key quota for this account in this region is 60 but the current usage is 60.'),
    );
  });
});
