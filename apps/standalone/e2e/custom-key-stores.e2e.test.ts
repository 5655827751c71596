import { readFileSync } from 'node:fs';
import * as kms from '@aws-sdk/client-kms';
import { storeFailureTexts } from '@keywarden/kms-protocol';
import { type Keywarden, startKeywarden } from '@keywarden/harness';
import { proxyCredential } from '@keywarden/xks-client/testing';
import { aKey } from './testing/a-key';
import { account } from './testing/a-service';
import {
  KeyStoreWorld,
  becomes,
  clusterId,
  endpointService,
  otherClusterId,
  spareEndpoint,
  spareService,
  tokenProcesses,
} from './testing/key-store-world';
import { refusal, refused } from './testing/refused';

jest.setTimeout(120_000);

const world = new KeyStoreWorld();
let service: Keywarden;
let client: kms.KMSClient;

beforeAll(async () => {
  service = await startKeywarden({ environment: await world.open() });
  const { endpoint, credentials, region } = service;
  client = new kms.KMSClient({ endpoint, credentials, region, maxAttempts: 1 });
}, 120_000);
afterAll(async () => {
  client?.destroy();
  await service?.stop();
  await world.close();
}, 90_000);
beforeEach(() => {
  world.proxy.misbehaviour = undefined;
});

const Plaintext = Buffer.from('a secret');
const context = { purpose: 'test' };
const state = async (KeyId: string): Promise<string | undefined> =>
  (await client.send(new kms.DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState;
const create = async (input: kms.CreateCustomKeyStoreCommandInput): Promise<string> =>
  (await client.send(new kms.CreateCustomKeyStoreCommand(input))).CustomKeyStoreId ?? '';
const connect = async (CustomKeyStoreId: string): Promise<void> => {
  await client.send(new kms.ConnectCustomKeyStoreCommand({ CustomKeyStoreId }));
  await becomes(client, CustomKeyStoreId, 'CONNECTED');
};
const disconnect = async (CustomKeyStoreId: string): Promise<void> => {
  await client.send(new kms.DisconnectCustomKeyStoreCommand({ CustomKeyStoreId }));
  await becomes(client, CustomKeyStoreId, 'DISCONNECTED');
};
const encrypt = (KeyId: string, EncryptionContext?: Record<string, string>) =>
  client.send(new kms.EncryptCommand({ KeyId, Plaintext, EncryptionContext }));
const decrypt = (CiphertextBlob: Uint8Array | undefined, EncryptionContext?: Record<string, string>) =>
  client.send(new kms.DecryptCommand({ CiphertextBlob, EncryptionContext }));
const shown = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();
const invalidState = (text: string) => refusal('KMSInvalidStateException', text);

interface Kind {
  readonly origin: 'AWS_CLOUDHSM' | 'EXTERNAL_KEY_STORE';
  readonly store: () => kms.CreateCustomKeyStoreCommandInput;
  readonly key: kms.CreateKeyCommandInput;
  readonly metadata: object;
  /** What a wrong context is refused with. */
  readonly wrongContext: { readonly code: string };
}

const kinds: readonly Kind[] = [
  {
    origin: 'AWS_CLOUDHSM',
    store: () => world.clusterStore(),
    key: {},
    metadata: { CloudHsmClusterId: clusterId },
    wrongContext: { code: 'InvalidCiphertextException' },
  },
  {
    origin: 'EXTERNAL_KEY_STORE',
    store: () => world.proxyStore(),
    key: { XksKeyId: 'ext-1' },
    metadata: { XksKeyConfiguration: { Id: 'ext-1' } },
    wrongContext: invalidState(storeFailureTexts.InvalidCiphertextException),
  },
];

describe.each(kinds)('the story of a key in a store of type $origin', (kind) => {
  let CustomKeyStoreId: string;
  let key: { id: string; arn: string };
  let ciphertext: Uint8Array | undefined;
  const inStore = () => ({ Origin: kind.origin, CustomKeyStoreId, ...kind.key });

  it('begins with a store that is disconnected and tells no secret', async () => {
    world.proxy.addKey('ext-1');
    CustomKeyStoreId = await create(kind.store());
    expect(CustomKeyStoreId).toMatch(/^cks-[0-9a-f]{17}$/);
    const { CustomKeyStores } = await client.send(new kms.DescribeCustomKeyStoresCommand({ CustomKeyStoreId }));
    const entry = CustomKeyStores?.[0];
    expect(entry).toMatchObject({ ConnectionState: 'DISCONNECTED', CustomKeyStoreType: kind.origin });
    expect(JSON.stringify(entry)).not.toMatch(/password|x{43}/);
    expect(await refused(client.send(new kms.CreateKeyCommand(inStore())))).toMatchObject({
      code: 'CustomKeyStoreInvalidStateException',
    });
  });

  it('goes on when the store is connected: the key is made where it lives', async () => {
    await connect(CustomKeyStoreId);
    const { KeyMetadata } = await client.send(new kms.CreateKeyCommand(inStore()));
    key = { id: KeyMetadata?.KeyId ?? '', arn: KeyMetadata?.Arn ?? '' };
    expect(KeyMetadata).toMatchObject({
      Origin: kind.origin,
      KeyState: 'Enabled',
      CustomKeyStoreId,
      MultiRegion: false,
      ...kind.metadata,
    });
    expect(KeyMetadata?.CurrentKeyMaterialId).toBeUndefined();
  });

  it('encrypts and decrypts, alone and together with keys of KMS', async () => {
    const encrypted = await encrypt(key.id, context);
    ciphertext = encrypted.CiphertextBlob;
    expect(encrypted.KeyId).toBe(key.arn);
    const decrypted = await decrypt(ciphertext, context);
    expect([shown(decrypted.Plaintext), decrypted.KeyId, decrypted.KeyMaterialId]).toEqual([
      'a secret',
      key.arn,
      undefined,
    ]);
    expect(await refused(decrypt(ciphertext, { purpose: 'other' }))).toMatchObject(kind.wrongContext);

    const dataKey = await client.send(new kms.GenerateDataKeyCommand({ KeyId: key.id, KeySpec: 'AES_256' }));
    expect((await decrypt(dataKey.CiphertextBlob)).Plaintext).toEqual(dataKey.Plaintext);
    const without = await client.send(
      new kms.GenerateDataKeyWithoutPlaintextCommand({ KeyId: key.id, NumberOfBytes: 24 }),
    );
    expect((await decrypt(without.CiphertextBlob)).Plaintext).toHaveLength(24);

    const ordinary = await aKey(client);
    const there = await client.send(
      new kms.ReEncryptCommand({
        CiphertextBlob: ciphertext,
        SourceEncryptionContext: context,
        DestinationKeyId: ordinary.id,
      }),
    );
    const back = await client.send(
      new kms.ReEncryptCommand({ CiphertextBlob: there.CiphertextBlob, DestinationKeyId: key.id }),
    );
    expect([back.SourceKeyId, back.KeyId]).toEqual([ordinary.arn, key.arn]);
    expect(shown((await decrypt(back.CiphertextBlob)).Plaintext)).toBe('a secret');
  });

  it('takes the longest plaintext there is', async () => {
    const longest = Buffer.alloc(4_096, 7);
    const { CiphertextBlob } = await client.send(new kms.EncryptCommand({ KeyId: key.id, Plaintext: longest }));
    expect(Buffer.from((await decrypt(CiphertextBlob)).Plaintext ?? [])).toEqual(longest);
  });

  it('has no part in what keys of KMS alone can do', async () => {
    const KeyId = key.id;
    const unsupported = 'UnsupportedOperationException';
    for (const command of [
      new kms.EnableKeyRotationCommand({ KeyId }),
      new kms.DisableKeyRotationCommand({ KeyId }),
      new kms.GetKeyRotationStatusCommand({ KeyId }),
      new kms.RotateKeyOnDemandCommand({ KeyId }),
      new kms.GetParametersForImportCommand({
        KeyId,
        WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
        WrappingKeySpec: 'RSA_2048',
      }),
      new kms.GenerateDataKeyPairCommand({ KeyId, KeyPairSpec: 'ECC_NIST_P256' }),
      new kms.GenerateDataKeyPairWithoutPlaintextCommand({ KeyId, KeyPairSpec: 'ECC_NIST_P256' }),
    ]) {
      expect([command.constructor.name, (await refused(client.send(command as never))).code]).toEqual([
        command.constructor.name,
        unsupported,
      ]);
    }
    for (const change of [
      { MultiRegion: true },
      { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' },
      { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' },
    ] as const) {
      const call = client.send(new kms.CreateKeyCommand({ ...inStore(), ...change }));
      expect((await refused(call)).code).toBe(unsupported);
    }
  });

  it('is unavailable while the store is disconnected, and comes back as it was', async () => {
    await disconnect(CustomKeyStoreId);
    expect(await state(key.id)).toBe('Unavailable');
    expect(await refused(encrypt(key.id))).toEqual(invalidState(`${key.arn} is unavailable.`));
    expect(await refused(decrypt(ciphertext, context))).toEqual(invalidState(`${key.arn} is unavailable.`));
    await client.send(new kms.DisableKeyCommand({ KeyId: key.id }));
    expect(await state(key.id)).toBe('Unavailable');
    await connect(CustomKeyStoreId);
    expect(await state(key.id)).toBe('Disabled');
    expect(await refused(encrypt(key.id))).toEqual(refusal('DisabledException', `${key.arn} is disabled.`));
    await client.send(new kms.EnableKeyCommand({ KeyId: key.id }));
    expect(shown((await decrypt(ciphertext, context)).Plaintext)).toBe('a secret');
  });

  it('keeps its store for as long as it is there, also while it waits for its end', async () => {
    await client.send(new kms.ScheduleKeyDeletionCommand({ KeyId: key.id, PendingWindowInDays: 7 }));
    const remove = () => client.send(new kms.DeleteCustomKeyStoreCommand({ CustomKeyStoreId }));
    expect((await refused(remove())).code).toBe('CustomKeyStoreInvalidStateException');
    await disconnect(CustomKeyStoreId);
    expect(await state(key.id)).toBe('PendingDeletion');
    expect((await refused(remove())).code).toBe('CustomKeyStoreHasCMKsException');
    await client.send(new kms.CancelKeyDeletionCommand({ KeyId: key.id }));
    expect(await state(key.id)).toBe('Unavailable');
    await connect(CustomKeyStoreId);
    expect(await state(key.id)).toBe('Disabled');
    await client.send(new kms.EnableKeyCommand({ KeyId: key.id }));
  });
});

const cells = new Map(
  readFileSync(`${__dirname}/testdata/key-states.csv`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','))
    .map((columns) => [columns[0] ?? '', columns[5] ?? '']),
);

describe('the column Unavailable of the table of key states', () => {
  let KeyId: string;
  let arn: string;
  let blob: Uint8Array | undefined;
  let store: string;
  beforeAll(async () => {
    const { CustomKeyStores } = await client.send(
      new kms.DescribeCustomKeyStoresCommand({ CustomKeyStoreName: 'cluster' }),
    );
    store = CustomKeyStores?.[0]?.CustomKeyStoreId ?? '';
    ({ id: KeyId, arn } = await aKey(client, { Origin: 'AWS_CLOUDHSM', CustomKeyStoreId: store }));
    blob = (await encrypt(KeyId)).CiphertextBlob;
    await disconnect(store);
  });
  afterAll(() => connect(store));

  const GranteePrincipal = `arn:aws:iam::${account}:root`;
  const grant = { GranteePrincipal, RetiringPrincipal: GranteePrincipal, Operations: ['Encrypt' as const] };
  const calls: Readonly<Record<string, () => Promise<unknown>>> = {
    CancelKeyDeletion: () => client.send(new kms.CancelKeyDeletionCommand({ KeyId })),
    CreateAlias: () => client.send(new kms.CreateAliasCommand({ AliasName: 'alias/in-store', TargetKeyId: KeyId })),
    CreateGrant: () => client.send(new kms.CreateGrantCommand({ KeyId, ...grant })),
    Decrypt: () => decrypt(blob),
    DescribeKey: () => client.send(new kms.DescribeKeyCommand({ KeyId })),
    DisableKey: () => client.send(new kms.DisableKeyCommand({ KeyId })),
    EnableKey: () => client.send(new kms.EnableKeyCommand({ KeyId })),
    DisableKeyRotation: () => client.send(new kms.DisableKeyRotationCommand({ KeyId })),
    EnableKeyRotation: () => client.send(new kms.EnableKeyRotationCommand({ KeyId })),
    Encrypt: () => encrypt(KeyId),
    GenerateDataKey: () => client.send(new kms.GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256' })),
    GenerateDataKeyWithoutPlaintext: () =>
      client.send(new kms.GenerateDataKeyWithoutPlaintextCommand({ KeyId, KeySpec: 'AES_256' })),
    GenerateDataKeyPair: () => client.send(new kms.GenerateDataKeyPairCommand({ KeyId, KeyPairSpec: 'ECC_NIST_P256' })),
    GetKeyPolicy: () => client.send(new kms.GetKeyPolicyCommand({ KeyId })),
    GetKeyRotationStatus: () => client.send(new kms.GetKeyRotationStatusCommand({ KeyId })),
    ListAliases: () => client.send(new kms.ListAliasesCommand({ KeyId })),
    ListGrants: () => client.send(new kms.ListGrantsCommand({ KeyId })),
    ListKeyPolicies: () => client.send(new kms.ListKeyPoliciesCommand({ KeyId })),
    ListResourceTags: () => client.send(new kms.ListResourceTagsCommand({ KeyId })),
    ReEncrypt: () => client.send(new kms.ReEncryptCommand({ CiphertextBlob: blob, DestinationKeyId: KeyId })),
    RotateKeyOnDemand: () => client.send(new kms.RotateKeyOnDemandCommand({ KeyId })),
    TagResource: () => client.send(new kms.TagResourceCommand({ KeyId, Tags: [{ TagKey: 'a', TagValue: 'b' }] })),
    UntagResource: () => client.send(new kms.UntagResourceCommand({ KeyId, TagKeys: ['a'] })),
    UpdateKeyDescription: () => client.send(new kms.UpdateKeyDescriptionCommand({ KeyId, Description: 'new' })),
    ScheduleKeyDeletion: () => client.send(new kms.ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 30 })),
  };

  it.each(Object.keys(calls))('%s', async (operation) => {
    const cell = cells.get(operation) ?? '';
    const call = calls[operation]!();
    if (cell.startsWith('ok')) {
      expect(await call).toBeDefined();
      return;
    }
    const outcome = await refused(call);
    // Note 11 of the table; the other failures have reasons of their own.
    if (cell === 'fail[11]') expect(outcome).toEqual(invalidState(`${arn} is unavailable.`));
    else expect(['UnsupportedOperationException', 'KMSInvalidStateException']).toContain(outcome.code);
  });
});

describe('a token', () => {
  it('gives random bytes, which an external key store does not', async () => {
    const { CustomKeyStores = [] } = await client.send(new kms.DescribeCustomKeyStoresCommand({}));
    const named = (name: string): string =>
      CustomKeyStores.find(({ CustomKeyStoreName }) => CustomKeyStoreName === name)?.CustomKeyStoreId ?? '';
    const random = (CustomKeyStoreId: string) =>
      client.send(new kms.GenerateRandomCommand({ NumberOfBytes: 32, CustomKeyStoreId }));
    expect((await random(named('cluster'))).Plaintext).toHaveLength(32);
    expect((await refused(random(named('proxy')))).code).toBe('UnsupportedOperationException');
    expect((await refused(random('cks-00000000000000000'))).code).toBe('CustomKeyStoreNotFoundException');
  });

  it('is worked with again after the processes that used it were killed, or the token was away', async () => {
    const { CustomKeyStores } = await client.send(
      new kms.DescribeCustomKeyStoresCommand({ CustomKeyStoreName: 'cluster' }),
    );
    const { id } = await aKey(client, {
      Origin: 'AWS_CLOUDHSM',
      CustomKeyStoreId: CustomKeyStores?.[0]?.CustomKeyStoreId,
    });
    const { CiphertextBlob } = await encrypt(id);
    const killed = tokenProcesses(service.pid);
    expect(killed.length).toBeGreaterThan(0);
    for (const pid of killed) process.kill(pid, 'SIGKILL');
    expect(shown((await decrypt(CiphertextBlob)).Plaintext)).toBe('a secret');

    world.hsm.takeAway();
    try {
      for (const pid of tokenProcesses(service.pid)) process.kill(pid, 'SIGKILL');
      expect(await refused(decrypt(CiphertextBlob))).toEqual(invalidState(storeFailureTexts.TokenUnavailable));
      expect(await state(id)).toBe('Enabled');
    } finally {
      world.hsm.bringBack();
    }
    for (let waited = 0; waited < 20_000; waited += 200) {
      const back = await decrypt(CiphertextBlob).catch(() => undefined);
      if (shown(back?.Plaintext) === 'a secret') return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error('the token is back and is not used');
  });
});

describe('an XKS proxy that misbehaves', () => {
  let KeyId: string;
  beforeAll(async () => {
    const { CustomKeyStores } = await client.send(
      new kms.DescribeCustomKeyStoresCommand({ CustomKeyStoreName: 'proxy' }),
    );
    world.proxy.addKey('ext-2');
    const CustomKeyStoreId = CustomKeyStores?.[0]?.CustomKeyStoreId;
    const input = { Origin: 'EXTERNAL_KEY_STORE', CustomKeyStoreId } as const;
    ({ id: KeyId } = await aKey(client, { ...input, XksKeyId: 'ext-2' }));
    const again = client.send(new kms.CreateKeyCommand({ ...input, XksKeyId: 'ext-2' }));
    expect((await refused(again)).code).toBe('XksKeyAlreadyInUseException');
    const unknown = client.send(new kms.CreateKeyCommand({ ...input, XksKeyId: 'no-such-key' }));
    expect((await refused(unknown)).code).toBe('XksKeyNotFoundException');
    world.proxy.addKey('ext-3');
    const { metadata } = world.proxy;
    world.proxy.metadata = { ...metadata, keyStatus: 'DISABLED' };
    expect(await refused(client.send(new kms.CreateKeyCommand({ ...input, XksKeyId: 'ext-3' })))).toEqual(
      refusal(
        'XksKeyInvalidConfigurationException',
        'The status of the external key must be ENABLED. The status of specified external key is DISABLED.',
      ),
    );
    world.proxy.metadata = metadata;
  });

  it.each([
    [{ kind: 'error', name: 'InternalException' }, storeFailureTexts.InternalException],
    [{ kind: 'error', name: 'AccessDeniedException' }, storeFailureTexts.AccessDeniedException],
    [{ kind: 'error', name: 'ThrottlingException' }, storeFailureTexts.ThrottlingException],
    [{ kind: 'wrongTag' }, storeFailureTexts.Malformed],
    [{ kind: 'redirect' }, storeFailureTexts.Malformed],
    [{ kind: 'huge' }, storeFailureTexts.Malformed],
    [{ kind: 'html' }, storeFailureTexts.Malformed],
  ] as const)('with %j is told to the caller in words of KMS', async (misbehaviour, text) => {
    world.proxy.misbehaviour = misbehaviour;
    const outcome = await refused(encrypt(KeyId));
    expect(outcome).toEqual(invalidState(text));
    expect(outcome.message).not.toContain('nobody must see');
    world.proxy.misbehaviour = undefined;
    await encrypt(KeyId);
  });
});

describe('what operations on custom key stores refuse', () => {
  const code = async (call: Promise<unknown>): Promise<string> => (await refused(call)).code;
  const creating = (input: kms.CreateCustomKeyStoreCommandInput): Promise<string> =>
    code(client.send(new kms.CreateCustomKeyStoreCommand(input)));

  it.each<[string, () => kms.CreateCustomKeyStoreCommandInput]>([
    ['CustomKeyStoreNameInUseException', () => world.clusterStore()],
    ['CloudHsmClusterInUseException', () => world.clusterStore({ CustomKeyStoreName: 'x' })],
    [
      'CloudHsmClusterNotFoundException',
      () => world.clusterStore({ CustomKeyStoreName: 'x', CloudHsmClusterId: 'cluster-ccccccccccc' }),
    ],
    ['ValidationException', () => world.clusterStore({ CustomKeyStoreName: 'x', KeyStorePassword: undefined })],
    ['XksProxyVpcEndpointServiceInUseException', () => world.proxyStore({ CustomKeyStoreName: 'x' })],
    [
      'XksProxyVpcEndpointServiceNotFoundException',
      () =>
        world.proxyStore({
          CustomKeyStoreName: 'x',
          XksProxyUriEndpoint: 'https://other.example.test',
          XksProxyVpcEndpointServiceName: `${endpointService}9`,
        }),
    ],
    [
      'XksProxyUriEndpointInUseException',
      () =>
        world.proxyStore({
          CustomKeyStoreName: 'x',
          XksProxyUriPath: '/other/kms/xks/v1',
          XksProxyConnectivity: 'PUBLIC_ENDPOINT',
          XksProxyVpcEndpointServiceName: undefined,
        }),
    ],
    [
      'XksProxyUriInUseException',
      () =>
        world.proxyStore({
          CustomKeyStoreName: 'x',
          XksProxyConnectivity: 'PUBLIC_ENDPOINT',
          XksProxyVpcEndpointServiceName: undefined,
        }),
    ],
    [
      'XksProxyUriUnreachableException',
      () =>
        world.proxyStore({
          CustomKeyStoreName: 'x',
          XksProxyUriEndpoint: 'https://localhost',
          XksProxyConnectivity: 'PUBLIC_ENDPOINT',
          XksProxyVpcEndpointServiceName: undefined,
        }),
    ],
  ])('CreateCustomKeyStore: %s', async (expected, input) => {
    expect(await creating(input())).toBe(expected);
  });

  it('wrong states and unknown stores', async () => {
    const CustomKeyStoreId = 'cks-00000000000000000';
    const notFound = 'CustomKeyStoreNotFoundException';
    expect(await code(client.send(new kms.ConnectCustomKeyStoreCommand({ CustomKeyStoreId })))).toBe(notFound);
    expect(await code(client.send(new kms.DisconnectCustomKeyStoreCommand({ CustomKeyStoreId })))).toBe(notFound);
    expect(await code(client.send(new kms.DeleteCustomKeyStoreCommand({ CustomKeyStoreId })))).toBe(notFound);
    expect(await code(client.send(new kms.DescribeCustomKeyStoresCommand({ CustomKeyStoreId })))).toBe(notFound);
    const update = { CustomKeyStoreId, NewCustomKeyStoreName: 'new' };
    expect(await code(client.send(new kms.UpdateCustomKeyStoreCommand(update)))).toBe(notFound);
  });

  it('a credential that the proxy does not know; one that it knows is taken while connected', async () => {
    const { CustomKeyStores } = await client.send(
      new kms.DescribeCustomKeyStoresCommand({ CustomKeyStoreName: 'proxy' }),
    );
    const CustomKeyStoreId = CustomKeyStores?.[0]?.CustomKeyStoreId ?? '';
    const AccessKeyId = CustomKeyStores?.[0]?.XksProxyConfiguration?.AccessKeyId ?? '';
    const update = (secret: string) =>
      client.send(
        new kms.UpdateCustomKeyStoreCommand({
          CustomKeyStoreId,
          XksProxyAuthenticationCredential: { AccessKeyId, RawSecretAccessKey: secret },
        }),
      );
    expect(await code(update('y'.repeat(43)))).toBe('XksProxyIncorrectAuthenticationCredentialException');
    world.proxy.secret = 'z'.repeat(43);
    await update('z'.repeat(43));
    const { KeyMetadata } = await client.send(
      new kms.CreateKeyCommand({ Origin: 'EXTERNAL_KEY_STORE', CustomKeyStoreId, XksKeyId: 'ext-3' }),
    );
    expect(shown((await decrypt((await encrypt(KeyMetadata?.KeyId ?? '')).CiphertextBlob)).Plaintext)).toBe('a secret');
  });

  it('a password that the token does not know: the connection fails, and after the update it comes about', async () => {
    const { CustomKeyStores } = await client.send(
      new kms.DescribeCustomKeyStoresCommand({ CustomKeyStoreName: 'cluster' }),
    );
    const CustomKeyStoreId = CustomKeyStores?.[0]?.CustomKeyStoreId ?? '';
    await disconnect(CustomKeyStoreId);
    const update = (KeyStorePassword: string) =>
      client.send(new kms.UpdateCustomKeyStoreCommand({ CustomKeyStoreId, KeyStorePassword }));
    await update('wrong password');
    await client.send(new kms.ConnectCustomKeyStoreCommand({ CustomKeyStoreId }));
    expect((await becomes(client, CustomKeyStoreId, 'FAILED')).ConnectionErrorCode).toBe('INVALID_CREDENTIALS');
    const again = client.send(new kms.ConnectCustomKeyStoreCommand({ CustomKeyStoreId }));
    expect(await code(again)).toBe('CustomKeyStoreInvalidStateException');
    expect(await code(update('kmsuser password'))).toBe('CustomKeyStoreInvalidStateException');
    await disconnect(CustomKeyStoreId);
    await update('kmsuser password');
    expect(
      await code(
        client.send(new kms.UpdateCustomKeyStoreCommand({ CustomKeyStoreId, CloudHsmClusterId: otherClusterId })),
      ),
    ).toBe('CloudHsmClusterNotActiveException');
    await connect(CustomKeyStoreId);
  });

  it('deletes a store without keys, once', async () => {
    const { CustomKeyStores = [] } = await client.send(new kms.DescribeCustomKeyStoresCommand({ Limit: 1 }));
    expect(CustomKeyStores).toHaveLength(1);
    const CustomKeyStoreId = await create({
      ...world.proxyStore({ CustomKeyStoreName: 'spare', XksProxyVpcEndpointServiceName: spareService }),
      XksProxyUriEndpoint: spareEndpoint,
      XksProxyAuthenticationCredential: {
        AccessKeyId: proxyCredential.accessKeyId,
        RawSecretAccessKey: world.proxy.secret,
      },
    });
    await client.send(new kms.DeleteCustomKeyStoreCommand({ CustomKeyStoreId }));
    expect(await code(client.send(new kms.DeleteCustomKeyStoreCommand({ CustomKeyStoreId })))).toBe(
      'CustomKeyStoreNotFoundException',
    );
  });
});
