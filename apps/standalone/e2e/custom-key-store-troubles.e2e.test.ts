import * as kms from '@aws-sdk/client-kms';
import { storeFailureTexts } from '@keywarden/kms-protocol';
import { proxyCredential } from '@keywarden/xks-client/testing';
import { aKey } from './testing/a-key';
import { aKeyStoreService, shown } from './testing/key-store-service';
import {
  becomes,
  endpointService,
  otherClusterId,
  spareEndpoint,
  spareService,
  tokenProcesses,
} from './testing/key-store-world';
import { refusal, refused } from './testing/refused';

jest.setTimeout(120_000);

const stores = aKeyStoreService();
const { world, create, connect, disconnect, encrypt, decrypt } = stores;
let client: kms.KMSClient;
beforeAll(() => {
  client = stores.client;
});

/** Both connected. */
let clusterStore: string;
let proxyStore: string;
beforeAll(async () => {
  clusterStore = await create(world.clusterStore());
  proxyStore = await create(world.proxyStore());
  for (const id of [clusterStore, proxyStore]) await connect(id);
}, 60_000);

const state = async (KeyId: string): Promise<string | undefined> =>
  (await client.send(new kms.DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState;
const invalidState = (text: string) => refusal('KMSInvalidStateException', text);
describe('a token', () => {
  it('gives random bytes, which an external key store does not', async () => {
    const random = (CustomKeyStoreId: string) =>
      client.send(new kms.GenerateRandomCommand({ NumberOfBytes: 32, CustomKeyStoreId }));
    expect((await random(clusterStore)).Plaintext).toHaveLength(32);
    expect((await refused(random(proxyStore))).code).toBe('UnsupportedOperationException');
    expect((await refused(random('cks-00000000000000000'))).code).toBe('CustomKeyStoreNotFoundException');
  });

  it('is worked with again after the processes that used it were killed, or the token was away', async () => {
    const { id } = await aKey(client, { Origin: 'AWS_CLOUDHSM', CustomKeyStoreId: clusterStore });
    const { CiphertextBlob } = await encrypt(id);
    const killed = tokenProcesses(stores.running.pid);
    expect(killed.length).toBeGreaterThan(0);
    for (const pid of killed) process.kill(pid, 'SIGKILL');
    expect(shown((await decrypt(CiphertextBlob)).Plaintext)).toBe('a secret');

    world.hsm.takeAway();
    try {
      for (const pid of tokenProcesses(stores.running.pid)) process.kill(pid, 'SIGKILL');
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
    world.proxy.addKey('ext-2');
    const input = { Origin: 'EXTERNAL_KEY_STORE', CustomKeyStoreId: proxyStore } as const;
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
    const CustomKeyStoreId = proxyStore;
    const AccessKeyId = proxyCredential.accessKeyId;
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
    const CustomKeyStoreId = clusterStore;
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
