import { SecretBytes, instant } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import {
  aCall,
  aStoreKey,
  anXksStore,
  connectedStore,
  keyStoreBackendContract,
} from '@keywarden/custom-key-stores/testing';
import type { StoreCall, StoreInUse } from '@keywarden/custom-key-stores';
import { frankfurt } from '@keywarden/keys/testing';
import { type ClientCertificate, XksBackend, type XksBackendOptions } from './index';
import { FakeProxy, type Misbehaviour, aCertificate, proxyCredential } from './testing';

const host = 'xks.test';
const service = 'com.amazonaws.vpce.eu-central-1.vpce-svc-test';
/** The real clock of signatures: the proxy checks that a request is not old. */
const clock = { now: () => instant(Date.now()) };
const secret = SecretBytes.copyOf(Buffer.from(proxyCredential.secret));
const certificate = aCertificate(host);
const data = SecretBytes.copyOf(Buffer.from('hello'));
const bound = Buffer.from('bound to this');

let proxy: FakeProxy;
const backends: { close(): Promise<void> }[] = [];

function aBackend(changes: Partial<XksBackendOptions> = {}): XksBackend {
  const backend = new XksBackend({
    clock,
    endpointServices: new Map([[service, { privateDnsName: host, address: '127.0.0.1', port: proxy.port }]]),
    allowPrivateAddresses: false,
    // Far more than the service allows, because test machines stand still at times.
    timeoutMs: 5_000,
    extraAuthorities: certificate.cert,
    ...changes,
  });
  backends.push({ close: () => backend.release(use().store.id) });
  return backend;
}

const use = (xks: Parameters<typeof anXksStore>[2] = {}): StoreInUse => ({
  store: connectedStore(
    anXksStore(
      1,
      { region: frankfurt },
      {
        connectivity: 'VPC_ENDPOINT_SERVICE',
        uriEndpoint: `https://${host}`,
        uriPath: '/store/kms/xks/v1',
        accessKeyId: proxyCredential.accessKeyId,
        vpcEndpointServiceName: service,
        ...xks,
      },
    ),
  ),
  secret,
});

beforeEach(async () => {
  proxy = await FakeProxy.start(frankfurt, host, certificate);
  proxy.addKey('ext-1', 'ext-2');
});
afterEach(async () => {
  for (const backend of backends.splice(0)) await backend.close();
  await proxy.close();
});

describe('a proxy that behaves', () => {
  let own: FakeProxy;
  beforeAll(async () => {
    own = await FakeProxy.start(frankfurt, host, certificate);
    own.addKey('ext-1', 'ext-2');
  });
  afterAll(() => own.close());
  keyStoreBackendContract(async () => ({
    backend: new XksBackend({
      clock,
      endpointServices: new Map([[service, { privateDnsName: host, address: '127.0.0.1', port: own.port }]]),
      allowPrivateAddresses: false,
      timeoutMs: 5_000,
      extraAuthorities: certificate.cert,
    }),
    use: use(),
    externalIds: ['ext-1', 'ext-2'],
    refusesCiphertexts: false,
  }));
});

describe('a request to a proxy', () => {
  it('tells the call behind it, signs host and date, and keeps the connection', async () => {
    const backend = aBackend();
    const key = aStoreKey(1, 'ext-1');
    accepted(await backend.connect(use(), { ...aCall, operation: 'ConnectCustomKeyStore' }));
    accepted(await backend.createKey(use(), key, { ...aCall, operation: 'CreateKey' }));
    const sealed = accepted(await backend.encrypt(use(), key, data, bound, { ...aCall, operation: 'GenerateDataKey' }));
    accepted(await backend.decrypt(use(), key, sealed, bound, aCall));
    expect(proxy.seen.map(({ path }) => path)).toEqual([
      '/store/kms/xks/v1/health',
      '/store/kms/xks/v1/keys/ext-1/metadata',
      '/store/kms/xks/v1/keys/ext-1/encrypt',
      '/store/kms/xks/v1/keys/ext-1/decrypt',
    ]);
    expect(new Set(proxy.seen.map(({ signedHeaders }) => signedHeaders))).toEqual(new Set(['host;x-amz-date']));
    const told = { awsPrincipalArn: aCall.caller, kmsRequestId: aCall.requestId };
    expect(proxy.seen.map(({ input }) => input.requestMetadata)).toEqual([
      { kmsRequestId: aCall.requestId, kmsOperation: 'ConnectCustomKeyStore' },
      { ...told, kmsOperation: 'CreateKey' },
      { ...told, kmsOperation: 'GenerateDataKey', kmsKeyArn: key.keyArn },
      { ...told, kmsOperation: 'Encrypt', kmsKeyArn: key.keyArn },
    ]);
    expect(proxy.seen[2]!.input).toMatchObject({
      encryptionAlgorithm: 'AES_GCM',
      ciphertextDataIntegrityValueAlgorithm: 'SHA_256',
    });
    expect(Buffer.from(String(proxy.seen[2]!.input.additionalAuthenticatedData), 'base64').length).toBe(32);
    expect(proxy.connections).toBe(1);
  });

  it('is never made for a key id that would name another path', async () => {
    const backend = aBackend();
    for (const id of ['.', '..', 'a/b', '']) {
      const key = aStoreKey(1, id);
      expect(refused(await backend.createKey(use(), key, aCall)).code).toBe('XksKeyNotFound');
      expect((await backend.encrypt(use(), key, data, bound, aCall)).ok).toBe(false);
    }
    expect(proxy.seen).toEqual([]);
  });
});

describe('a hostile proxy', () => {
  const encryptCause = async (misbehaviour: Misbehaviour, timeoutMs = 5_000): Promise<string> => {
    const backend = aBackend({ timeoutMs });
    proxy.misbehaviour = misbehaviour;
    const outcome = refused(await backend.encrypt(use(), aStoreKey(1, 'ext-1'), data, bound, aCall));
    return outcome.cause;
  };

  it.each<[Misbehaviour, string]>([
    [{ kind: 'redirect' }, 'Malformed'],
    [{ kind: 'huge' }, 'Malformed'],
    [{ kind: 'html' }, 'Malformed'],
    [{ kind: 'reset' }, 'Unreachable'],
    [{ kind: 'noIntegrity' }, 'Malformed'],
    [{ kind: 'wrongTag' }, 'Malformed'],
    [{ kind: 'json', status: 200, body: {} }, 'Malformed'],
    [{ kind: 'json', status: 500, body: { errorName: 'NoSuchName' } }, 'Malformed'],
    [{ kind: 'json', status: 200, body: { errorName: 'InternalException' } }, 'Malformed'],
    [{ kind: 'json', status: 404, body: { errorName: 'ThrottlingException' } }, 'Malformed'],
    [{ kind: 'error', name: 'InternalException' }, 'InternalException'],
    [{ kind: 'error', name: 'ThrottlingException' }, 'ThrottlingException'],
  ])('that answers with %j is seen through: %s', async (misbehaviour, cause) => {
    expect(await encryptCause(misbehaviour)).toBe(cause);
  });

  it('that says nothing is asked twice and no more', async () => {
    expect(await encryptCause({ kind: 'silent' }, 100)).toBe('TimedOut');
    expect(proxy.seen).toHaveLength(2);
  });

  it('that is late once is forgiven', async () => {
    const backend = aBackend({ timeoutMs: 1_000 });
    proxy.misbehaviour = { kind: 'silent' };
    proxy.misbehavesTimes = 1;
    accepted(await backend.encrypt(use(), aStoreKey(1, 'ext-1'), data, bound, aCall));
    expect(proxy.seen).toHaveLength(2);
  });

  it('that gives back a plaintext of another length is not believed', async () => {
    const backend = aBackend();
    const sealed = accepted(await backend.encrypt(use(), aStoreKey(1, 'ext-1'), data, bound, aCall));
    proxy.misbehaviour = { kind: 'json', status: 200, body: { plaintext: 'AAAA' } };
    const opened = await backend.decrypt(use(), aStoreKey(1, 'ext-1'), sealed, bound, aCall);
    expect(refused(opened)).toEqual({ code: 'KeyStoreFailed', cause: 'Malformed' });
  });

  it('that encrypts with another key is found out when it decrypts', async () => {
    const backend = aBackend();
    proxy.misbehaviour = { kind: 'wrongKey' };
    proxy.misbehavesTimes = 1;
    const sealed = accepted(await backend.encrypt(use(), aStoreKey(1, 'ext-1'), data, bound, aCall));
    const opened = await backend.decrypt(use(), aStoreKey(1, 'ext-1'), sealed, bound, aCall);
    expect(refused(opened)).toEqual({ code: 'KeyStoreFailed', cause: 'InvalidCiphertextException' });
  });

  it('that is down is spared after ten failures, for a while', async () => {
    const backend = aBackend();
    proxy.misbehaviour = { kind: 'reset' };
    const key = aStoreKey(1, 'ext-1');
    for (let index = 0; index < 15; index += 1) await backend.encrypt(use(), key, data, bound, aCall);
    const asked = proxy.seen.length;
    expect(asked).toBeLessThan(30);
    const spared = await backend.encrypt(use(), key, data, bound, aCall);
    expect(refused(spared).cause).toBe('Unreachable');
    proxy.misbehaviour = undefined;
    for (let waited = 0; waited < 10_000; waited += 100) {
      if ((await backend.encrypt(use(), key, data, bound, aCall)).ok) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('the proxy was never asked again');
  });
});

describe('the settings of an external key store', () => {
  it.each<[Misbehaviour | undefined, string]>([
    [{ kind: 'error', name: 'AuthenticationFailedException' }, 'INVALID_CREDENTIALS'],
    [{ kind: 'error', name: 'AccessDeniedException' }, 'XKS_PROXY_ACCESS_DENIED'],
    [{ kind: 'error', name: 'InvalidUriPathException' }, 'XKS_PROXY_INVALID_CONFIGURATION'],
    [{ kind: 'error', name: 'DependencyTimeoutException' }, 'XKS_PROXY_TIMED_OUT'],
    [{ kind: 'html' }, 'XKS_PROXY_INVALID_RESPONSE'],
    [{ kind: 'reset' }, 'XKS_PROXY_NOT_REACHABLE'],
  ])('that lead to %j fail to connect with %s', async (misbehaviour, code) => {
    const backend = aBackend();
    proxy.misbehaviour = misbehaviour;
    expect(await backend.connect(use(), aCall)).toEqual({ ok: false, refusal: code });
  });

  it('are refused while no key manager is available, though the proxy answers', async () => {
    const backend = aBackend();
    proxy.health = 'UNAVAILABLE';
    expect(refused(await backend.verify(use(), aCall))).toEqual({ code: 'XksProxyRefused', cause: 'Unhealthy' });
    expect(refused(await backend.connect(use(), aCall))).toBe('XKS_PROXY_NOT_REACHABLE');
    proxy.health = 'DEGRADED';
    accepted(await backend.connect(use(), aCall));
  });

  it('are refused with another secret', async () => {
    const backend = aBackend();
    const wrong = { ...use(), secret: SecretBytes.copyOf(Buffer.from('y'.repeat(43))) };
    expect(refused(await backend.verify(wrong, aCall))).toEqual({
      code: 'XksProxyRefused',
      cause: 'AuthenticationFailedException',
    });
  });

  it('name an endpoint service that the operator laid, for that host', async () => {
    const backend = aBackend();
    const unknown = use({ vpcEndpointServiceName: `${service}2` });
    expect(refused(await backend.verify(unknown, aCall)).code).toBe('XksProxyVpcEndpointServiceNotFound');
    expect(refused(await backend.connect(unknown, aCall))).toBe('XKS_VPC_ENDPOINT_SERVICE_NOT_FOUND');
    const other = use({ uriEndpoint: 'https://other.test' });
    expect(refused(await backend.verify(other, aCall)).code).toBe('XksProxyVpcEndpointServiceInvalidConfiguration');
  });

  it('are refused when the certificate is for another name or of an unknown authority', async () => {
    const named = new Map([[service, { privateDnsName: 'other.test', address: '127.0.0.1', port: proxy.port }]]);
    const [misnamed, unknown] = [aBackend({ endpointServices: named }), aBackend({ extraAuthorities: undefined })];
    const failed = { code: 'XksProxyRefused', cause: 'TlsFailed' };
    expect(refused(await misnamed.verify(use({ uriEndpoint: 'https://other.test' }), aCall))).toEqual(failed);
    expect(refused(await unknown.verify(use(), aCall))).toEqual(failed);
    expect(refused(await unknown.connect(use(), aCall))).toBe('XKS_PROXY_INVALID_TLS_CONFIGURATION');
    expect(proxy.seen).toEqual([]);
  });
});

describe('a proxy that demands a client certificate', () => {
  const ours = aCertificate('cks.kms.eu-central-1.amazonaws.com');
  let strict: FakeProxy;
  beforeAll(async () => {
    strict = await FakeProxy.start(frankfurt, host, certificate, ours.cert);
    strict.addKey('ext-1');
  });
  afterAll(() => strict.close());
  const showing = (clientCertificate?: ClientCertificate): XksBackend => {
    const place = { privateDnsName: host, address: '127.0.0.1', port: strict.port };
    const laid = { ...place, ...(clientCertificate && { clientCertificate }) };
    // One for public endpoints is not shown here.
    return aBackend({ endpointServices: new Map([[service, laid]]), clientCertificate: ours });
  };

  it('is reached with the one of its endpoint service, for whatever it is asked', async () => {
    const backend = showing(ours);
    accepted(await backend.verify(use(), aCall));
    accepted(await backend.connect(use(), aCall));
    const key = aStoreKey(1, 'ext-1');
    const sealed = accepted(await backend.encrypt(use(), key, data, bound, aCall));
    accepted(await backend.decrypt(use(), key, sealed, bound, aCall));
    expect((await backend.check(use(), aCall)).failure).toBeUndefined();
  });

  it.each([
    ['without one', undefined],
    ['with that of somebody else', aCertificate('cks.kms.eu-central-1.amazonaws.com')],
  ])('is not reached %s', async (_what, shown) => {
    const asked = strict.seen.length;
    const outcome = await showing(shown).verify(use(), aCall);
    // How a server ends such a connection, with an alert or by hanging up, is its own affair.
    const { cause } = refused(outcome) as { cause?: string };
    expect(['TlsFailed', 'Unreachable']).toContain(cause);
    expect(strict.seen.length).toBe(asked);
  });
});

describe('the health of a proxy', () => {
  const check: StoreCall = { requestId: aCall.requestId, operation: 'KmsHealthCheck' };

  it('is what it says of its key managers, with the end of its certificate', async () => {
    for (const [health, managers] of [
      ['ACTIVE', { active: 1, degraded: 0, unavailable: 0 }],
      ['DEGRADED', { active: 0, degraded: 1, unavailable: 0 }],
      ['UNAVAILABLE', { active: 0, degraded: 0, unavailable: 1 }],
    ] as const) {
      proxy.health = health;
      const report = await aBackend().check(use(), check);
      expect(report).toEqual({ managers, certificateExpiresAt: expect.any(Number) });
      const days = ((report.certificateExpiresAt ?? 0) - Date.now()) / 86_400_000;
      expect(days).toBeGreaterThan(1);
      expect(days).toBeLessThan(3);
    }
    expect(proxy.seen[0]!.input.requestMetadata).toEqual({
      kmsRequestId: check.requestId,
      kmsOperation: 'KmsHealthCheck',
    });
  });

  it.each<[Misbehaviour, string]>([
    [{ kind: 'error', name: 'InternalException' }, 'InternalException'],
    [{ kind: 'html' }, 'Malformed'],
    [{ kind: 'reset' }, 'Unreachable'],
    [{ kind: 'silent' }, 'TimedOut'],
  ])('is a failure when it answers with %j', async (misbehaviour, failure) => {
    proxy.misbehaviour = misbehaviour;
    const report = await aBackend({ timeoutMs: 500 }).check(use(), check);
    expect(report).toMatchObject({ managers: { active: 0, degraded: 0, unavailable: 0 }, failure });
  });

  it('is a failure when the operator has taken back its endpoint service: nothing leads anywhere then', async () => {
    const backend = aBackend({ endpointServices: new Map(), allowPrivateAddresses: true });
    expect(await backend.check(use(), check)).toMatchObject({ failure: 'Unreachable' });
    const encrypted = await backend.encrypt(use(), aStoreKey(1, 'ext-1'), data, bound, aCall);
    expect(refused(encrypted).cause).toBe('Unreachable');
    expect(proxy.connections).toBe(0);
  });
});

describe('a public endpoint', () => {
  const publicly = (uriEndpoint: string): StoreInUse => {
    const { vpcEndpointServiceName: _, ...backing } = use({ uriEndpoint }).store.backing as never as {
      vpcEndpointServiceName?: string;
    };
    const store = { ...use().store, backing: { ...backing, connectivity: 'PUBLIC_ENDPOINT' } as never };
    return { store, secret };
  };

  it.each(['https://127.0.0.1', 'https://localhost', 'https://169.254.169.254', 'https://10.0.0.1', 'https://0.0.0.0'])(
    'is never reached in a private place: %s',
    async (uriEndpoint) => {
      const outcome = await aBackend().verify(publicly(uriEndpoint), aCall);
      expect(refused(outcome)).toEqual({ code: 'XksProxyRefused', cause: 'Unreachable' });
    },
  );
});

describe('key metadata', () => {
  it.each([
    [{ keySpec: 'RSA_2048' }, { member: 'keySpec', found: 'RSA_2048' }],
    [{ keyStatus: 'DISABLED' }, { member: 'keyStatus', found: 'DISABLED' }],
    [{ keyUsage: ['ENCRYPT', 'SIGN'] }, { member: 'keyUsage', found: 'ENCRYPT,SIGN' }],
  ])('%j makes no KMS key', async (change, detail) => {
    proxy.metadata = { ...proxy.metadata, ...change };
    const outcome = await aBackend().createKey(use(), aStoreKey(1, 'ext-1'), aCall);
    expect(refused(outcome)).toEqual({ code: 'XksKeyNotSuitable', detail });
  });

  it.each([
    ['KeyNotFoundException', { code: 'XksKeyNotFound' }],
    [
      'InvalidStateException',
      { code: 'XksKeyNotSuitable', detail: { member: 'none', cause: 'InvalidStateException' } },
    ],
    ['AccessDeniedException', { code: 'KeyStoreFailed', cause: 'AccessDeniedException' }],
  ] as const)('of %s', async (name, refusal) => {
    proxy.misbehaviour = { kind: 'error', name };
    expect(refused(await aBackend().createKey(use(), aStoreKey(1, 'ext-1'), aCall))).toEqual(refusal);
  });
});
