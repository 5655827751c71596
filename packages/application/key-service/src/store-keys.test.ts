import { RequestNotes } from '@keywarden/audit';
import { anAuthorisedUse } from '@keywarden/authorization/testing';
import { sameAccountAuthoriser } from '@keywarden/authorization';
import { parseCiphertextBlob, storeParts } from '@keywarden/crypto';
import type { CustomKeyStore } from '@keywarden/custom-key-stores';
import {
  FakeBackend,
  aCloudHsmStore,
  anXksStore,
  connectedStore,
  numberedStoreId,
} from '@keywarden/custom-key-stores/testing';
import { rootCaller } from '@keywarden/identity';
import { openInMemory } from '@keywarden/in-memory';
import { SecretBytes, accept } from '@keywarden/kernel';
import { CountingRandomness, SettableClock, accepted, refused } from '@keywarden/kernel/testing';
import type { KmsKey } from '@keywarden/keys';
import { home, plenty } from '@keywarden/keys/testing';
import { CreateKeyHandler } from './create-key';
import { GenerateRandomHandler } from './generate-random';
import { KeyDirectory } from './key-directory';
import { KeyDoor } from './key-door';
import { NewStoreKeys } from './new-store-key';
import type { RequestContext } from './request-context';
import { StoreEncryption } from './store-encryption';
import { StoresInUse } from './stores-in-use';
import { aSecret, fakeMaterials, shown } from './testing/fake-materials';
import { countingSecrets } from './testing/key-service-suite';
import { sealingSymmetric } from './testing/sealing-encryption';

const context: RequestContext = {
  caller: rootCaller(home.account, 'AKIAIOSFODNN7EXAMPLE'),
  region: home.region,
  now: new SettableClock().now(),
  requestId: '0b7b5f0c-0000-4000-8000-000000000000',
  sourceIp: '192.0.2.1',
  secureTransport: true,
  userAgent: undefined,
  notes: new RequestNotes(),
};

async function suite(...given: readonly CustomKeyStore[]) {
  const store = openInMemory();
  for (const keyStore of given) accepted(await store.keyStores.create(keyStore, () => accept(keyStore)));
  const [hsm, xks] = [new FakeBackend(), new FakeBackend()];
  const unwrapped: string[] = [];
  const secrets = {
    wrap: async () => new Uint8Array(1),
    unwrap: async ({ name }: { readonly name: string }) => {
      unwrapped.push(name);
      return aSecret('secret');
    },
  };
  const clock = new SettableClock();
  const backends = { AWS_CLOUDHSM: hsm, EXTERNAL_KEY_STORE: xks };
  const stores = new StoresInUse(store.keyStores, secrets, store.feed, clock, backends, () => undefined);
  const storeKeys = new NewStoreKeys(stores, fakeMaterials, new CountingRandomness());
  const policies = { check: () => ({ ok: true, value: undefined }) as const };
  const createKey = new CreateKeyHandler(
    sameAccountAuthoriser,
    policies,
    fakeMaterials,
    store.keys,
    new CountingRandomness(),
    { maxKeys: () => plenty, offers: () => true },
    storeKeys,
  );
  const derived = { forget: () => undefined, clear: () => undefined };
  const options = { capacity: 10, maxAgeMs: 60_000 };
  const directory = new KeyDirectory(store.keys, store.aliases, store.feed, derived, clock, options);
  const encryption = new StoreEncryption(sealingSymmetric, stores);
  const make = async (command: Parameters<CreateKeyHandler['handle']>[1]): Promise<KmsKey> => {
    const { keyMetadata } = accepted(await createKey.handle(context, command));
    return (await store.keys.find({ ...home, id: keyMetadata.keyId }))!;
  };
  return {
    ...store,
    hsm,
    xks,
    unwrapped,
    createKey,
    directory,
    encryption,
    make,
    door: new KeyDoor(directory, sameAccountAuthoriser),
    random: new GenerateRandomHandler(sameAccountAuthoriser, countingSecrets, undefined, storeKeys),
    turn: (keyStore: CustomKeyStore, change: Partial<CustomKeyStore>) =>
      store.keyStores.update(keyStore, (held) => accept({ ...held, ...change })),
  };
}

const cluster = connectedStore(aCloudHsmStore(1));
const proxy = connectedStore(anXksStore(2));
const inToken = { origin: 'AWS_CLOUDHSM', customKeyStoreId: cluster.id } as const;
const external = { origin: 'EXTERNAL_KEY_STORE', customKeyStoreId: proxy.id, xksKeyId: 'ext-1' } as const;
const text = (value: string): SecretBytes => aSecret(value);

describe('CreateKey in a custom key store', () => {
  it('makes a key in the token, which has no bytes here and shows no material id', async () => {
    const { createKey, keys, hsm } = await suite(cluster);
    const { keyMetadata } = accepted(await createKey.handle(context, inToken));
    expect(keyMetadata).toMatchObject({
      origin: 'AWS_CLOUDHSM',
      keyState: 'Enabled',
      customKeyStoreId: cluster.id,
      cloudHsmClusterId: 'cluster-aaaaaaaaaab',
    });
    expect(keyMetadata.currentKeyMaterialId).toBeUndefined();
    expect(keyMetadata.xksKeyConfiguration).toBeUndefined();
    const stored = (await keys.find({ ...home, id: keyMetadata.keyId }))!;
    expect(stored.materials).toHaveLength(1);
    expect(stored.materials[0]!.wrapped).toBeUndefined();
    expect([...hsm.keys.keys()]).toEqual([keyMetadata.keyId]);
  });

  it('has the external key checked, and holds material of its own for the inner layer', async () => {
    const { createKey, keys, xks } = await suite(proxy);
    const { keyMetadata } = accepted(await createKey.handle(context, external));
    expect(keyMetadata).toMatchObject({ customKeyStoreId: proxy.id, xksKeyConfiguration: { id: 'ext-1' } });
    expect(keyMetadata.cloudHsmClusterId).toBeUndefined();
    expect((await keys.find({ ...home, id: keyMetadata.keyId }))!.materials[0]!.wrapped).toBeDefined();
    expect(xks.calls).toEqual([
      { what: 'createKey', operation: 'CreateKey', requestId: context.requestId, caller: context.caller.arn },
    ]);
    expect(refused(await createKey.handle(context, external))).toEqual({ code: 'XksKeyInUse', xksKeyId: 'ext-1' });
  });

  it.each([
    [{ ...inToken, customKeyStoreId: numberedStoreId(9) }, 'CustomKeyStoreUnknown'],
    [{ ...inToken, customKeyStoreId: proxy.id }, 'ParameterNotOfOrigin'],
    [{ ...inToken, keySpec: 'HMAC_256', keyUsage: 'GENERATE_VERIFY_MAC' }, 'OriginNotOfSpec'],
    [{ ...inToken, multiRegion: true }, 'OriginNotMultiRegion'],
    [{ ...inToken, xksKeyId: 'one' }, 'ParameterNotOfOrigin'],
  ] as const)('refuses %j: %s', async (command, code) => {
    const { createKey } = await suite(cluster, proxy);
    expect(refused(await createKey.handle(context, command)).code).toBe(code);
  });

  it('refuses while the store is not connected, and when the store cannot do it', async () => {
    const { createKey, turn, hsm, keys } = await suite(cluster);
    hsm.newKey = { code: 'KeyStoreFailed', cause: 'TokenUnavailable' };
    expect(refused(await createKey.handle(context, inToken))).toEqual({
      code: 'KeyStoreUnable',
      cause: 'TokenUnavailable',
    });
    await turn(cluster, { connection: { state: 'DISCONNECTED' } });
    expect(refused(await createKey.handle(context, inToken))).toEqual({
      code: 'KeyStoreNotConnected',
      keyStoreId: cluster.id,
    });
    expect(await keys.listIds(home, undefined, 10)).toEqual([]);
  });

  it('leaves nothing in the token when the key does not come to be', async () => {
    const { createKey, keys, hsm } = await suite(cluster);
    keys.insert = async () => ({ ok: false, refusal: { code: 'KeyQuotaReached', limit: 1, current: 1 } });
    expect(refused(await createKey.handle(context, inToken)).code).toBe('KeyQuotaReached');
    expect(hsm.keys.size).toBe(0);
  });
});

describe('encryption with keys in custom key stores', () => {
  const bound = { purpose: 'test' };
  const encrypting = (key: KmsKey) => anAuthorisedUse('kms:GenerateDataKey', key);
  const decrypting = (key: KmsKey) => anAuthorisedUse('kms:Decrypt', key);

  it.each([
    ['a token', inToken],
    ['an external key manager', external],
  ])('gives back what was encrypted in %s, in a blob that names the key', async (_what, command) => {
    const { make, encryption } = await suite(cluster, proxy);
    const key = await make(command);
    const bytes = accepted(await encryption.encrypt(encrypting(key), text('hello'), bound));
    const blob = parseCiphertextBlob(bytes)!;
    expect(blob.keyId).toBe(key.id);
    expect(shown(accepted(await encryption.decrypt(decrypting(key), blob, bound)))).toBe('hello');
    expect((await encryption.decrypt(decrypting(key), blob, { purpose: 'other' })).ok).toBe(false);
  });

  it('shows an external key manager a ciphertext only, bound to context and key', async () => {
    const { make, encryption, xks } = await suite(proxy);
    const key = await make(external);
    const seen: string[] = [];
    const real = xks.encrypt.bind(xks);
    xks.encrypt = (use, at, plaintext, boundTo, call) => {
      seen.push(
        plaintext.expose((bytes) => Buffer.from(bytes).toString('latin1')),
        call.operation,
      );
      return real(use, at, plaintext, boundTo, call);
    };
    accepted(await encryption.encrypt(encrypting(key), text('very secret'), bound));
    expect(seen[1]).toBe('GenerateDataKey');
    expect(parseCiphertextBlob(Buffer.from(seen[0]!, 'latin1'))).toMatchObject({ keyId: key.id });
  });

  it('notices an external key manager that gives back something else', async () => {
    const { make, encryption, xks } = await suite(proxy);
    const key = await make(external);
    const blob = parseCiphertextBlob(accepted(await encryption.encrypt(encrypting(key), text('hello'), bound)))!;
    const other = accepted(await sealingSymmetric.encrypt(encrypting(key), text('hello'), { purpose: 'other' }));
    for (const lie of [Uint8Array.of(1, 2, 3), other]) {
      xks.decrypt = async () => accept(SecretBytes.copyOf(lie));
      const opened = await encryption.decrypt(decrypting(key), blob, bound);
      expect(refused(opened)).toEqual({ code: 'KeyStoreFailed', cause: 'WrongResult' });
    }
  });

  it('takes no blob of another suite, key or material', async () => {
    const { make, encryption } = await suite(cluster, proxy);
    const [token, ext] = [await make(inToken), await make(external)];
    const ofToken = parseCiphertextBlob(accepted(await encryption.encrypt(encrypting(token), text('a'), bound)))!;
    const inner = parseCiphertextBlob(accepted(await sealingSymmetric.encrypt(encrypting(ext), text('a'), bound)))!;
    expect(storeParts(ofToken.bytes)).toBeDefined();
    expect(refused(await encryption.decrypt(decrypting(ext), inner, bound)).code).toBe('CiphertextRefused');
    expect(refused(await encryption.decrypt(decrypting(ext), ofToken, bound)).code).toBe('CiphertextRefused');
    const { keyStore: _, ...ordinary } = ext;
    expect(refused(await encryption.decrypt(decrypting(ordinary), ofToken, bound)).code).toBe('CiphertextRefused');
  });

  it('fails as the store fails, and while it is not connected', async () => {
    const { make, encryption, hsm, turn } = await suite(cluster);
    const key = await make(inToken);
    hsm.failure = 'TokenUnavailable';
    const failed = await encryption.encrypt(encrypting(key), text('a'), bound);
    expect(refused(failed)).toEqual({ code: 'KeyStoreFailed', cause: 'TokenUnavailable' });
    hsm.failure = undefined;
    await turn(cluster, { connection: { state: 'DISCONNECTING', since: context.now } });
    const away = await encryption.encrypt(encrypting(key), text('a'), bound);
    expect(refused(away)).toEqual({ code: 'KeyStoreFailed', cause: 'NotConnected' });
  });

  it('opens the secret of a store once, and again after any change of the store', async () => {
    const { make, encryption, unwrapped, turn } = await suite(cluster);
    const key = await make(inToken);
    for (let index = 0; index < 3; index += 1) await encryption.encrypt(encrypting(key), text('a'), bound);
    expect(unwrapped).toEqual([cluster.id]);
    await turn(cluster, { name: 'renamed' });
    await encryption.encrypt(encrypting(key), text('a'), bound);
    expect(unwrapped).toEqual([cluster.id, cluster.id]);
  });
});

describe('a key that a node holds in memory', () => {
  it('is unavailable as soon as its store is disconnected anywhere, and comes back', async () => {
    const { make, door, turn, directory } = await suite(cluster);
    const key = await make(inToken);
    const open = () =>
      door.open(context, { given: key.id, operation: 'Encrypt', action: 'kms:Encrypt', aliases: 'resolved' });
    accepted(await open());
    expect(directory.counts.keys.entries).toBe(1);
    await turn(cluster, { connection: { state: 'DISCONNECTING', since: context.now } });
    expect(refused(await open())).toMatchObject({ code: 'KeyInState', state: 'Unavailable' });
    await turn(cluster, { connection: { state: 'CONNECTED' } });
    accepted(await open());
  });
});

describe('GenerateRandom with a custom key store', () => {
  it('takes the bytes of a connected token, and none of an external key store', async () => {
    const { random, turn } = await suite(cluster, proxy);
    const ask = (customKeyStoreId: string) => random.handle(context, { numberOfBytes: 16, customKeyStoreId });
    const { plaintext } = accepted(await ask(cluster.id));
    expect(plaintext?.length).toBe(16);
    expect(refused(await ask(proxy.id))).toEqual({ code: 'RandomNotOfKeyStore' });
    expect(refused(await ask('cks-1')).code).toBe('CustomKeyStoreUnknown');
    await turn(cluster, { connection: { state: 'DISCONNECTED' } });
    expect(refused(await ask(cluster.id)).code).toBe('KeyStoreNotConnected');
  });
});
