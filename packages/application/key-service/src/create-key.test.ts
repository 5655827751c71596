import { type Authoriser, sameAccountAuthoriser } from '@keywarden/authorization';
import { openInMemory } from '@keywarden/in-memory';
import { accept, refuse } from '@keywarden/kernel';
import { CountingRandomness, accepted, refused } from '@keywarden/kernel/testing';
import { plenty } from '@keywarden/keys/testing';
import { type CreateKey, CreateKeyHandler } from './create-key';
import { defaultKeyPolicy } from './key-policy-rules';
import { fakeMaterials } from './testing/fake-materials';
import { keyServiceOn } from './testing/key-service-suite';

const denying = (...denied: readonly string[]): Authoriser => ({
  ...sameAccountAuthoriser,
  mayCall: (request) =>
    denied.includes(request.action)
      ? refuse({
          code: 'AccessDenied',
          callerArn: 'x',
          action: request.action,
          resource: '*',
          reason: 'NoIdentityPolicyAllows',
        })
      : sameAccountAuthoriser.mayCall(request),
});
const suite = (options?: Parameters<typeof keyServiceOn>[1]) => {
  const service = keyServiceOn(openInMemory(), options);
  return {
    ...service,
    create: (command: CreateKey = {}) => service.createKey.handle(service.own(), command),
    refuses: async (command: CreateKey) => refused(await service.createKey.handle(service.own(), command)),
  };
};
const wrongTags = [{ tagKey: 'aws:x', tagValue: '' }];

describe('CreateKey', () => {
  it('makes an enabled symmetric encryption key by default', async () => {
    const { create, reads, own } = suite();
    const { keyMetadata } = accepted(await create());
    expect(keyMetadata).toMatchObject({
      aWSAccountId: '111122223333',
      enabled: true,
      keyState: 'Enabled',
      keySpec: 'SYMMETRIC_DEFAULT',
      customerMasterKeySpec: 'SYMMETRIC_DEFAULT',
      keyUsage: 'ENCRYPT_DECRYPT',
      encryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
      origin: 'AWS_KMS',
      keyManager: 'CUSTOMER',
      description: '',
      multiRegion: false,
    });
    expect(keyMetadata.currentKeyMaterialId).toMatch(/^[0-9a-f]{64}$/);
    expect(accepted(await reads.describeKey(own(), { keyId: keyMetadata.keyId })).keyMetadata).toEqual(keyMetadata);
  });

  it('gives it the default policy and the tags asked for', async () => {
    const { create, keys, own } = suite();
    const { keyMetadata } = accepted(await create({ tags: [{ tagKey: 'Team', tagValue: 'a' }], description: 'text' }));
    const stored = await keys.find({ region: own().region, id: keyMetadata.keyId });
    expect(stored).toMatchObject({ description: 'text', tags: [{ key: 'Team', value: 'a' }] });
    expect(stored?.policy).toBe(defaultKeyPolicy(own().caller.account, own().region));
    expect(JSON.parse(stored!.policy)).toMatchObject({
      Id: 'key-default-1',
      Statement: [{ Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'kms:*' }],
    });
  });

  it('waits for import when the caller brings the material', async () => {
    const { create } = suite();
    const { keyMetadata } = accepted(await create({ origin: 'EXTERNAL' }));
    expect(keyMetadata).toMatchObject({ keyState: 'PendingImport', enabled: false, currentKeyMaterialId: undefined });
    expect(keyMetadata).not.toHaveProperty('expirationModel');
  });

  it('makes a multi-Region primary with its own form of id', async () => {
    const { create } = suite();
    const { keyMetadata } = accepted(await create({ multiRegion: true }));
    expect(keyMetadata.keyId).toMatch(/^mrk-[0-9a-f]{32}$/);
    const primaryKey = { arn: keyMetadata.arn, region: 'eu-central-1' };
    expect(keyMetadata.multiRegionConfiguration).toEqual({
      multiRegionKeyType: 'PRIMARY',
      primaryKey,
      replicaKeys: [],
    });
  });

  it('takes the deprecated name of the spec', async () => {
    const { create } = suite();
    const command = { customerMasterKeySpec: 'RSA_2048', keyUsage: 'SIGN_VERIFY' } as const;
    expect(accepted(await create(command)).keyMetadata.keySpec).toBe('RSA_2048');
  });

  it('stops at the quota of the account', async () => {
    const { create } = suite({ maxKeys: 1 });
    expect((await create()).ok).toBe(true);
    expect(refused(await create())).toEqual({ code: 'KeyQuotaReached', limit: 1, current: 1 });
  });
});

describe('what CreateKey refuses', () => {
  it.each([
    [{ keySpec: 'RSA_2048', customerMasterKeySpec: 'RSA_2048' }, 'BothKeySpecs'],
    [{ origin: 'AWS_CLOUDHSM' }, 'CustomKeyStoreIdMissing'],
    [{ origin: 'EXTERNAL_KEY_STORE' }, 'CustomKeyStoreIdMissing'],
    [{ origin: 'AWS_CLOUDHSM', customKeyStoreId: 'cks-1' }, 'CustomKeyStoreUnknown'],
    [{ customKeyStoreId: 'cks-1' }, 'ParameterNotOfOrigin'],
    [{ origin: 'EXTERNAL_KEY_STORE', customKeyStoreId: 'cks-1' }, 'XksKeyIdMissing'],
    [{ xksKeyId: 'one' }, 'ParameterNotOfOrigin'],
    [{ tags: wrongTags }, 'TagPrefixReserved'],
    [{ keySpec: 'RSA_2048' }, 'KeyUsageMissing'],
    [{ keySpec: 'RSA_2048', keyUsage: 'GENERATE_VERIFY_MAC' }, 'KeyUsageNotOfSpec'],
    [{ keySpec: 'ML_DSA_44', keyUsage: 'SIGN_VERIFY', origin: 'EXTERNAL' }, 'OriginNotOfSpec'],
    [{ keySpec: 'SM2', keyUsage: 'SIGN_VERIFY' }, 'KeySpecNotOffered'],
  ] as [CreateKey, string][])('%j: %s', async (command, code) => {
    const { refuses, keys, own } = suite();
    expect(await refuses(command)).toMatchObject({ code });
    const tenancy = { account: own().caller.account, region: own().region };
    expect(await keys.listIds(tenancy, undefined, 1)).toEqual([]);
  });

  it('asks for permission before it looks at what is to be made', async () => {
    const { refuses } = suite({ authoriser: denying('kms:CreateKey') });
    const wrong = { tags: wrongTags, keySpec: 'SM2' } as const;
    expect(await refuses(wrong)).toMatchObject({ code: 'AccessDenied', action: 'kms:CreateKey' });
    expect(await refuses({ ...wrong, customerMasterKeySpec: 'SM2' })).toEqual({ code: 'BothKeySpecs' });
  });

  it('needs the permission to tag only when there are tags', async () => {
    const { create, refuses } = suite({ authoriser: denying('kms:TagResource') });
    const tags = [{ tagKey: 'a', tagValue: '' }];
    expect(await refuses({ tags })).toMatchObject({ code: 'AccessDenied', action: 'kms:TagResource' });
    expect((await create()).ok).toBe(true);
  });

  it('has a given policy checked last, and makes nothing when it is refused', async () => {
    const { keys, own } = suite();
    const asked: unknown[] = [];
    const rules = {
      check: (...given: readonly unknown[]) => {
        asked.push(given.slice(1));
        return given[2] === true ? accept(undefined) : refuse({ code: 'PolicyMalformed', detail: 'x' } as const);
      },
    };
    const options = { maxKeys: () => plenty, offers: () => true };
    const handler = new CreateKeyHandler(
      sameAccountAuthoriser,
      rules,
      fakeMaterials,
      keys,
      new CountingRandomness(),
      options,
    );
    const create = (command: CreateKey) => handler.handle(own(), { policy: '{}', ...command });
    expect(refused(await create({ keySpec: 'RSA_2048' })).code).toBe('KeyUsageMissing');
    expect(refused(await create({}))).toEqual({ code: 'PolicyMalformed', detail: 'x' });
    expect((await create({ bypassPolicyLockoutSafetyCheck: true })).ok).toBe(true);
    expect(asked).toEqual([
      ['{}', false],
      ['{}', true],
    ]);
  });
});
