import type { KeySpec, KeyUsageType } from '@aws-sdk/client-kms';
import { aService, account } from './testing/a-service';
import {
  type Body,
  answerTo,
  bytes,
  defaultPolicy,
  materialId,
  metadata,
  onTheWire,
  recordedCalls,
  seconds,
  sources,
  symmetricMetadata,
} from './testing/recorded';

const secondary = 'ap-southeast-1';
const service = aService({ environment: { KEYWARDEN_REGIONS: `us-east-1,${secondary}` } });
const { created, expectRefusal, metadataOf, send } = recordedCalls(service);

const rsaSigning = [
  'RSASSA_PKCS1_V1_5_SHA_256',
  'RSASSA_PKCS1_V1_5_SHA_384',
  'RSASSA_PKCS1_V1_5_SHA_512',
  'RSASSA_PSS_SHA_256',
  'RSASSA_PSS_SHA_384',
  'RSASSA_PSS_SHA_512',
];
const oaep = ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'];
const kinds: readonly (readonly [KeySpec, KeyUsageType, string, readonly string[]])[] = [
  ['RSA_2048', 'ENCRYPT_DECRYPT', 'EncryptionAlgorithms', oaep],
  ['RSA_2048', 'SIGN_VERIFY', 'SigningAlgorithms', rsaSigning],
  ['RSA_3072', 'SIGN_VERIFY', 'SigningAlgorithms', rsaSigning],
  ['RSA_4096', 'ENCRYPT_DECRYPT', 'EncryptionAlgorithms', oaep],
  ['ECC_NIST_P256', 'SIGN_VERIFY', 'SigningAlgorithms', ['ECDSA_SHA_256']],
  ['ECC_NIST_P256', 'KEY_AGREEMENT', 'KeyAgreementAlgorithms', ['ECDH']],
  ['ECC_NIST_P384', 'SIGN_VERIFY', 'SigningAlgorithms', ['ECDSA_SHA_384']],
  ['ECC_NIST_P521', 'SIGN_VERIFY', 'SigningAlgorithms', ['ECDSA_SHA_512']],
  ['ECC_SECG_P256K1', 'SIGN_VERIFY', 'SigningAlgorithms', ['ECDSA_SHA_256']],
  ['ECC_NIST_EDWARDS25519', 'SIGN_VERIFY', 'SigningAlgorithms', ['ED25519_SHA_512', 'ED25519_PH_SHA_512']],
  ['ML_DSA_44', 'SIGN_VERIFY', 'SigningAlgorithms', ['ML_DSA_SHAKE_256']],
  ['HMAC_224', 'GENERATE_VERIFY_MAC', 'MacAlgorithms', ['HMAC_SHA_224']],
  ['HMAC_256', 'GENERATE_VERIFY_MAC', 'MacAlgorithms', ['HMAC_SHA_256']],
  ['HMAC_384', 'GENERATE_VERIFY_MAC', 'MacAlgorithms', ['HMAC_SHA_384']],
  ['HMAC_512', 'GENERATE_VERIFY_MAC', 'MacAlgorithms', ['HMAC_SHA_512']],
];

describe(`what a key tells of itself, recorded from AWS (${sources.localstack}; ${sources.floci})`, () => {
  it('is complete for a symmetric encryption key, by its id and by its aliases', async () => {
    const key = await created({ Description: 'test key 123', KeyUsage: 'ENCRYPT_DECRYPT' });
    expect(key).toEqual(symmetricMetadata({ Description: 'test key 123', CurrentKeyMaterialId: materialId }));
    await send('CreateAlias', { AliasName: 'alias/described', TargetKeyId: key.KeyId });
    for (const name of [key.KeyId, key.Arn, 'alias/described', service.arn('alias/described')]) {
      expect(await metadataOf(name)).toEqual(key);
    }
  });

  it.each(kinds)('is complete for %s with %s', async (KeySpec, KeyUsage, list, algorithms) => {
    const key = await created({ KeySpec, KeyUsage });
    expect(key).toEqual(metadata(KeySpec, KeyUsage, { [list]: algorithms }));
    expect(await metadataOf(key.KeyId)).toEqual(key);
    if (list === 'MacAlgorithms') return;
    expect(await send('GetPublicKey', { KeyId: key.KeyId })).toEqual({
      KeyId: key.Arn,
      PublicKey: bytes,
      CustomerMasterKeySpec: KeySpec,
      KeySpec,
      KeyUsage,
      [list]: algorithms,
    });
  });

  it('takes the older name of the key spec', async () => {
    const key = await created({ CustomerMasterKeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
    expect(key).toEqual(metadata('ECC_NIST_P256', 'SIGN_VERIFY', { SigningAlgorithms: ['ECDSA_SHA_256'] }));
  });

  it('changes with its state', async () => {
    const key = await created({});
    const off = { ...key, Enabled: false };
    expect(await send('DisableKey', { KeyId: key.KeyId })).toEqual({});
    expect(await metadataOf(key.KeyId)).toEqual({ ...off, KeyState: 'Disabled' });
    expect(await send('EnableKey', { KeyId: key.KeyId })).toEqual({});
    expect(await metadataOf(key.KeyId)).toEqual(key);
    expect(await send('ScheduleKeyDeletion', { KeyId: key.KeyId })).toEqual({
      KeyId: key.Arn,
      DeletionDate: seconds,
      KeyState: 'PendingDeletion',
      PendingWindowInDays: 30,
    });
    expect(await metadataOf(key.KeyId)).toEqual({ ...off, KeyState: 'PendingDeletion', DeletionDate: seconds });
    expect(await send('CancelKeyDeletion', { KeyId: key.KeyId })).toEqual({ KeyId: key.Arn });
    expect(await metadataOf(key.KeyId)).toEqual({ ...off, KeyState: 'Disabled' });
  });

  it('names the copies of a multi-Region key', async () => {
    const key = await created({ MultiRegion: true, Description: 'test replicated key' });
    const arnIn = (region: string): string => `arn:aws:kms:${region}:${account}:key/${String(key.KeyId)}`;
    const familyOf = (MultiRegionKeyType: string, ...replicas: string[]): Body => ({
      MultiRegionKeyType,
      PrimaryKey: { Arn: arnIn('us-east-1'), Region: 'us-east-1' },
      ReplicaKeys: replicas.map((Region) => ({ Arn: arnIn(Region), Region })),
    });
    const primary = symmetricMetadata({
      Description: 'test replicated key',
      KeyId: expect.stringMatching(/^mrk-[0-9a-f]{32}$/),
      MultiRegion: true,
      MultiRegionConfiguration: familyOf('PRIMARY'),
      CurrentKeyMaterialId: materialId,
    });
    expect(key).toEqual(primary);
    expect(await answerTo(service, 'DescribeKey', { KeyId: key.KeyId }, secondary)).toEqual(
      onTheWire({ code: 'NotFoundException', message: `Key '${arnIn(secondary)}' does not exist` }),
    );

    const answer = await send('ReplicateKey', { KeyId: key.KeyId, ReplicaRegion: secondary });
    const replica = { ...primary, Arn: arnIn(secondary), Description: '' };
    const replicaConfiguration = familyOf('REPLICA', secondary);
    const creating = { ...replica, Enabled: false, KeyState: 'Creating', CurrentKeyMaterialId: undefined };
    expect(answer).toEqual({
      ReplicaKeyMetadata: { ...creating, MultiRegionConfiguration: replicaConfiguration },
      ReplicaPolicy: expect.any(String),
      ReplicaTags: [],
    });
    expect(JSON.parse(answer.ReplicaPolicy as string)).toEqual(defaultPolicy);
    expect(await metadataOf(key.KeyId)).toEqual({
      ...primary,
      MultiRegionConfiguration: familyOf('PRIMARY', secondary),
    });
    let there = await metadataOf(key.KeyId, secondary);
    for (const end = Date.now() + 60_000; there.KeyState === 'Creating' && Date.now() < end;) {
      there = await metadataOf(key.KeyId, secondary);
    }
    expect(there).toEqual({ ...replica, MultiRegionConfiguration: replicaConfiguration });

    expect(await answerTo(service, 'ReplicateKey', { KeyId: key.KeyId, ReplicaRegion: secondary }, secondary)).toEqual(
      onTheWire({
        code: 'UnsupportedOperationException',
        message: `${arnIn(secondary)} is not a multi-region primary key.`,
      }),
    );
  });
});

describe(`what cannot be replicated, recorded from AWS (${sources.preflight})`, () => {
  const code = 'UnsupportedOperationException';

  it.each([
    ['us-east-1', 'us-east-1 cannot have a replica because it contains the primary.'],
    ['cn-north-1', 'The replica key Region must be in the same AWS partition as the primary key Region.'],
  ])('a key into %s', async (ReplicaRegion, message) => {
    const { KeyId } = await created({ MultiRegion: true });
    await expectRefusal('ReplicateKey', { KeyId, ReplicaRegion }, { code, message });
  });

  it('a key of one Region', async () => {
    const { KeyId, Arn } = await created({});
    const message = `${String(Arn)} is not a multi-region key.`;
    await expectRefusal('ReplicateKey', { KeyId, ReplicaRegion: secondary }, { code, message });
  });
});
