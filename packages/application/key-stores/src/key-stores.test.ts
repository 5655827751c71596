import { RequestNotes } from '@keywarden/audit';
import { policyAuthoriser, sameAccountAuthoriser } from '@keywarden/authorization';
import { aUser } from '@keywarden/authorization/testing';
import type { SecretWrapping } from '@keywarden/crypto';
import { FakeBackend } from '@keywarden/custom-key-stores/testing';
import { rootCaller } from '@keywarden/identity';
import { openInMemory } from '@keywarden/in-memory';
import { SecretBytes } from '@keywarden/kernel';
import { CountingRandomness, SettableClock, accepted, refused } from '@keywarden/kernel/testing';
import { type RequestContext, StoresInUse } from '@keywarden/key-service';
import { elsewhere, eventually, home } from '@keywarden/keys/testing';
import {
  CreateCustomKeyStoreHandler,
  DescribeCustomKeyStoresHandler,
  StoreConnectionHandlers,
  UpdateCustomKeyStoreHandler,
} from './index';

const text = (value: string): SecretBytes => SecretBytes.copyOf(Buffer.from(value));
/** Bound to its place, in clear behind it. */
const secrets: SecretWrapping = {
  wrap: async (place, secret) =>
    secret.expose((bytes) => Uint8Array.from(Buffer.from(`${JSON.stringify(place)}=${Buffer.from(bytes).toString()}`))),
  unwrap: async (place, wrapped) => {
    const [bound, secret] = Buffer.from(wrapped).toString().split('=');
    if (bound !== JSON.stringify(place)) throw new Error('not wrapped for this place');
    return text(secret ?? '');
  },
};

function suite(authoriser = sameAccountAuthoriser) {
  const store = openInMemory();
  const clock = new SettableClock();
  const [hsm, xks] = [new FakeBackend(), new FakeBackend()];
  const faults: unknown[] = [];
  const onFault = (fault: unknown): void => void faults.push(fault);
  const backends = { AWS_CLOUDHSM: hsm, EXTERNAL_KEY_STORE: xks };
  const stores = new StoresInUse(store.keyStores, secrets, store.feed, clock, backends, onFault);
  const randomness = new CountingRandomness();
  const parts = {
    authoriser,
    repository: store.keyStores,
    stores,
    secrets,
    randomness,
    clock,
    limit: () => 10,
    onFault,
  };
  const context = (changes: Partial<RequestContext> = {}): RequestContext => ({
    caller: rootCaller(home.account, 'AKIAIOSFODNN7EXAMPLE'),
    region: home.region,
    now: clock.now(),
    requestId: '0b7b5f0c-0000-4000-8000-000000000000',
    sourceIp: '192.0.2.1',
    secureTransport: true,
    userAgent: undefined,
    notes: new RequestNotes(),
    ...changes,
  });
  const create = new CreateCustomKeyStoreHandler(parts);
  const describe = new DescribeCustomKeyStoresHandler(parts);
  const update = new UpdateCustomKeyStoreHandler(parts);
  const connections = new StoreConnectionHandlers(parts);
  const cluster = (index = 0) => ({
    customKeyStoreName: `cluster ${index}`,
    cloudHsmClusterId: `cluster-aaaaaaaaaa${'abcdefgh'[index]}`,
    trustAnchorCertificate: 'PEM',
    keyStorePassword: text('secret password'),
  });
  const proxy = () => ({
    customKeyStoreName: 'proxy',
    customKeyStoreType: 'EXTERNAL_KEY_STORE' as const,
    xksProxyUriEndpoint: 'https://xks.example.com',
    xksProxyUriPath: '/kms/xks/v1',
    xksProxyConnectivity: 'PUBLIC_ENDPOINT' as const,
    xksProxyAuthenticationCredential: { accessKeyId: 'A'.repeat(20), rawSecretAccessKey: text('raw secret') },
  });
  const entry = async (id: string) =>
    accepted(await describe.handle(context(), { customKeyStoreId: id })).customKeyStores[0]!;
  const made = async (command: Parameters<typeof create.handle>[1]) =>
    accepted(await create.handle(context(), command)).customKeyStoreId;
  return {
    store,
    clock,
    hsm,
    xks,
    faults,
    stores,
    context,
    create,
    describe,
    update,
    connections,
    cluster,
    proxy,
    entry,
    made,
  };
}

describe('CreateCustomKeyStore', () => {
  it('makes a disconnected store and never tells its secret again', async () => {
    const { made, cluster, proxy, entry, hsm, xks, store } = suite();
    const [inToken, behindProxy] = [await made(cluster()), await made(proxy())];
    expect(await entry(inToken)).toEqual({
      customKeyStoreId: inToken,
      customKeyStoreName: 'cluster 0',
      customKeyStoreType: 'AWS_CLOUDHSM',
      creationDate: expect.any(Number),
      connectionState: 'DISCONNECTED',
      cloudHsmClusterId: 'cluster-aaaaaaaaaaa',
      trustAnchorCertificate: 'PEM',
    });
    expect((await entry(behindProxy)).xksProxyConfiguration).toEqual({
      connectivity: 'PUBLIC_ENDPOINT',
      accessKeyId: 'A'.repeat(20),
      uriEndpoint: 'https://xks.example.com',
      uriPath: '/kms/xks/v1',
    });
    expect([hsm.secrets, xks.secrets]).toEqual([['secret password'], ['raw secret']]);
    const wrapped = Buffer.from((await store.keyStores.find({ ...home, id: inToken }))!.wrappedSecret).toString();
    expect(wrapped).toContain(inToken);
  });

  it('wipes the secret of a proxy, which lies deeper in the command than the pipeline looks', async () => {
    const { made, proxy } = suite();
    const command = proxy();
    await made(command);
    expect(() => command.xksProxyAuthenticationCredential.rawSecretAccessKey.length).toThrow();
  });

  it('answers with the store there is when it is repeated before the first connection', async () => {
    const { made, cluster } = suite();
    expect(await made(cluster())).toBe(await made(cluster()));
  });

  it.each([
    ['StoreParameterMissing', { trustAnchorCertificate: undefined }],
    ['StoreParameterNotOfType', { xksProxyUriPath: '/kms/xks/v1' }],
    ['StoreParameterNotOfType', { customKeyStoreType: 'EXTERNAL_KEY_STORE' }],
  ] as const)('refuses %s: %j', async (code, change) => {
    const { create, context, cluster } = suite();
    expect(refused(await create.handle(context(), { ...cluster(), ...change })).code).toBe(code);
  });

  it('stores nothing when the world says no, or another store is in the way', async () => {
    const { create, context, cluster, hsm, describe } = suite();
    hsm.settings = { code: 'IncorrectTrustAnchor' };
    expect(refused(await create.handle(context(), cluster()))).toEqual({ code: 'IncorrectTrustAnchor' });
    expect(accepted(await describe.handle(context(), {})).customKeyStores).toEqual([]);
    hsm.settings = undefined;
    accepted(await create.handle(context(), cluster()));
    const calls = hsm.calls.length;
    const named = { ...cluster(1), customKeyStoreName: 'cluster 0' };
    expect(refused(await create.handle(context(), named)).code).toBe('CustomKeyStoreNameInUse');
    expect(hsm.calls.length).toBe(calls);
  });
});

describe('the connection of a store', () => {
  it('comes about after the answer, with the secret of the store', async () => {
    const { made, cluster, connections, context, entry, hsm } = suite();
    const id = await made(cluster());
    let open: () => void = () => undefined;
    hsm.gate = new Promise((resolve) => (open = resolve));
    expect(await connections.connect(context(), { customKeyStoreId: id })).toEqual({ ok: true, value: {} });
    expect((await entry(id)).connectionState).toBe('CONNECTING');
    open();
    await connections.settled();
    expect((await entry(id)).connectionState).toBe('CONNECTED');
    expect(hsm.secrets).toEqual(['secret password', 'secret password']);
    expect(hsm.calls.at(-1)).toMatchObject({ what: 'connect', operation: 'ConnectCustomKeyStore' });
  });

  it('fails with a code, and must be disconnected before the next attempt', async () => {
    const { made, cluster, connections, context, entry, hsm } = suite();
    const id = await made(cluster());
    hsm.connection = 'USER_LOCKED_OUT';
    accepted(await connections.connect(context(), { customKeyStoreId: id }));
    await connections.settled();
    expect(await entry(id)).toMatchObject({ connectionState: 'FAILED', connectionErrorCode: 'USER_LOCKED_OUT' });
    const again = await connections.connect(context(), { customKeyStoreId: id });
    expect(refused(again)).toMatchObject({ code: 'CustomKeyStoreInState', state: 'FAILED' });
    accepted(await connections.disconnect(context(), { customKeyStoreId: id }));
    await connections.settled();
    expect(await entry(id)).toMatchObject({ connectionState: 'DISCONNECTED' });
    expect((await entry(id)).connectionErrorCode).toBeUndefined();
  });

  it('fails with INTERNAL_ERROR when something of ours breaks, and says so in the log', async () => {
    const { made, cluster, connections, context, entry, hsm, faults } = suite();
    const id = await made(cluster());
    hsm.connection = new Error('broken');
    accepted(await connections.connect(context(), { customKeyStoreId: id }));
    await connections.settled();
    expect((await entry(id)).connectionErrorCode).toBe('INTERNAL_ERROR');
    expect(faults).toEqual([new Error('broken')]);
  });

  it('stays away when it is disconnected while it comes about', async () => {
    const { made, cluster, connections, context, entry, hsm, clock } = suite();
    const id = await made(cluster());
    let open: () => void = () => undefined;
    hsm.gate = new Promise((resolve) => (open = resolve));
    accepted(await connections.connect(context(), { customKeyStoreId: id }));
    clock.advance(5);
    accepted(await connections.disconnect(context(), { customKeyStoreId: id }));
    open();
    await connections.settled();
    expect((await entry(id)).connectionState).toBe('DISCONNECTED');
  });

  it('is closed on every node when the store is disconnected on one', async () => {
    const { made, cluster, connections, context, store } = suite();
    const id = await made(cluster());
    accepted(await connections.connect(context(), { customKeyStoreId: id }));
    await connections.settled();
    const other = new FakeBackend();
    const held = new StoresInUse(
      store.keyStores,
      secrets,
      store.feed,
      new SettableClock(),
      { AWS_CLOUDHSM: other, EXTERNAL_KEY_STORE: new FakeBackend() },
      () => undefined,
    );
    expect((await held.find({ ...home, id }))?.store.connection.state).toBe('CONNECTED');
    expect(other.released).toEqual([]);
    accepted(await connections.disconnect(context(), { customKeyStoreId: id }));
    await connections.settled();
    await eventually('the other node lets go', () => other.released.includes(id));
    expect((await held.find({ ...home, id }))?.store.connection.state).toBe('DISCONNECTED');
  });
});

describe('UpdateCustomKeyStore', () => {
  it('changes a name in any state without asking anybody', async () => {
    const { made, cluster, update, context, entry, hsm } = suite();
    const id = await made(cluster());
    const calls = hsm.calls.length;
    accepted(await update.handle(context(), { customKeyStoreId: id, newCustomKeyStoreName: 'new' }));
    expect((await entry(id)).customKeyStoreName).toBe('new');
    expect(hsm.calls.length).toBe(calls);
  });

  it('has a new secret tried before it is stored', async () => {
    const { made, proxy, update, context, xks, connections } = suite();
    const id = await made(proxy());
    const credential = () => ({ accessKeyId: 'B'.repeat(20), rawSecretAccessKey: text('next secret') });
    xks.settings = { code: 'XksProxyRefused', cause: 'AuthenticationFailedException' };
    const no = await update.handle(context(), { customKeyStoreId: id, xksProxyAuthenticationCredential: credential() });
    expect(refused(no).code).toBe('XksProxyRefused');
    xks.settings = undefined;
    accepted(await update.handle(context(), { customKeyStoreId: id, xksProxyAuthenticationCredential: credential() }));
    accepted(await connections.connect(context(), { customKeyStoreId: id }));
    await connections.settled();
    expect(xks.secrets).toEqual(['raw secret', 'next secret', 'next secret', 'next secret']);
  });

  it('refuses a secret of the other type, and names that are taken', async () => {
    const { made, proxy, cluster, update, context } = suite();
    const [id] = [await made(proxy()), await made(cluster())];
    const ofOther = await update.handle(context(), { customKeyStoreId: id, keyStorePassword: text('password') });
    expect(refused(ofOther)).toEqual({ code: 'StoreParameterNotOfType', parameter: 'KeyStorePassword' });
    const taken = await update.handle(context(), { customKeyStoreId: id, newCustomKeyStoreName: 'cluster 0' });
    expect(refused(taken).code).toBe('CustomKeyStoreNameInUse');
  });
});

describe('DescribeCustomKeyStores', () => {
  it('pages through all, and finds by id or name but not by both', async () => {
    const { made, cluster, describe, context } = suite();
    const ids = [await made(cluster(0)), await made(cluster(1)), await made(cluster(2))].sort();
    const seen: string[] = [];
    let marker: string | undefined;
    do {
      const page = accepted(await describe.handle(context(), { limit: 2, marker }));
      seen.push(...page.customKeyStores.map(({ customKeyStoreId }) => customKeyStoreId));
      marker = page.nextMarker;
    } while (marker !== undefined);
    expect(seen).toEqual(ids);
    const byName = accepted(await describe.handle(context(), { customKeyStoreName: 'cluster 1' }));
    expect(byName.customKeyStores).toHaveLength(1);
    const both = { customKeyStoreName: 'cluster 1', customKeyStoreId: ids[0]! };
    expect(refused(await describe.handle(context(), both)).code).toBe('StoreNamedTwice');
    const unknown = await describe.handle(context(), { customKeyStoreName: 'nobody' });
    expect(refused(unknown)).toEqual({ code: 'CustomKeyStoreNotFound', given: 'nobody' });
    expect(refused(await describe.handle(context(), { marker: 'x' })).code).toBe('MarkerNotValid');
  });
});

describe('who may manage custom key stores', () => {
  it('is nobody of another account: the store is not there for them', async () => {
    const { made, cluster, connections, context } = suite();
    const customKeyStoreId = await made(cluster());
    const stranger = context({ caller: rootCaller(elsewhere.account, 'AKIAI44QH8DHBEXAMPLE') });
    for (const call of [connections.connect, connections.disconnect, connections.remove]) {
      expect(refused(await call.call(connections, stranger, { customKeyStoreId })).code).toBe('CustomKeyStoreNotFound');
    }
  });

  it('is decided by policies, which may ask for the account of the caller', async () => {
    const { create, describe, context, cluster } = suite(policyAuthoriser());
    const statement = {
      Effect: 'Allow',
      Action: 'kms:CreateCustomKeyStore',
      Resource: '*',
      Condition: { StringEquals: { 'kms:CallerAccount': home.account } },
    };
    const caller = aUser([JSON.stringify({ Version: '2012-10-17', Statement: [statement] })], {
      account: home.account,
    });
    accepted(await create.handle(context({ caller }), cluster()));
    expect(refused(await describe.handle(context({ caller }), {}))).toMatchObject({
      code: 'AccessDenied',
      action: 'kms:DescribeCustomKeyStores',
      resource: '*',
    });
  });

  it('deletes a store once', async () => {
    const { made, cluster, connections, context } = suite();
    const customKeyStoreId = await made(cluster());
    accepted(await connections.remove(context(), { customKeyStoreId }));
    const again = await connections.remove(context(), { customKeyStoreId });
    expect(refused(again)).toEqual({ code: 'CustomKeyStoreNotFound', given: customKeyStoreId });
  });
});
