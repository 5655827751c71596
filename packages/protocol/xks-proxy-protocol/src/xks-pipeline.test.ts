import { aUser } from '@keywarden/authorization/testing';
import type { Caller } from '@keywarden/identity';
import { type Instant, SecretBytes, accept, instant, refuse } from '@keywarden/kernel';
import { SettableClock } from '@keywarden/kernel/testing';
import { SigV4Verifier, signRequest } from '@keywarden/sigv4';
import { type XksOperation, integrityValue, xksPath } from '@keywarden/xks-protocol';
import { type ExternalKeyRefusal, InMemoryXksStores } from '@keywarden/xks-service';
import { aXksStore } from '@keywarden/xks-service/testing';
import { xksHandlers } from './xks-handlers';
import { type XksOutcome, XksPipeline } from './xks-pipeline';
import type { XksWireRequest } from './xks-wire';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const now: Instant = instant(Date.UTC(2026, 5, 1, 12));
const store = aXksStore();
const other = aXksStore({
  uriPath: '/other/kms/xks/v1',
  credentials: [{ ...store.credentials[0]!, accessKeyId: `${'A'.repeat(23)}C` }],
});
const [mine, theirs] = [store.credentials[0]!.accessKeyId, other.credentials[0]!.accessKeyId];
const secretOf = (accessKeyId: string): SecretBytes =>
  SecretBytes.copyOf(text(`secret of ${accessKeyId}`.padEnd(43, 'x')));

const requestMetadata = {
  awsPrincipalArn: 'arn:aws:iam::123456789012:user/Alice',
  kmsKeyArn: 'arn:aws:kms:us-east-2:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  kmsOperation: 'BulkEncrypt',
  kmsRequestId: 'opaque, not a UUID',
};
const bodies = {
  GetHealthStatus: { requestMetadata: { kmsOperation: 'KmsHealthCheck', kmsRequestId: '1' } },
  GetKeyMetadata: { requestMetadata: { ...requestMetadata, kmsKeyArn: undefined } },
  Encrypt: { requestMetadata, plaintext: base64(text('Hello World!')), encryptionAlgorithm: 'AES_GCM' },
  Decrypt: {
    requestMetadata,
    ciphertext: base64(text('Hello World!')),
    encryptionAlgorithm: 'AES_GCM',
    initializationVector: base64(new Uint8Array(16)),
    authenticationTag: base64(new Uint8Array(16)),
  },
} satisfies Record<XksOperation, object>;

interface Wish {
  readonly operation: XksOperation;
  readonly body?: object | string;
  readonly uriPath?: string;
  readonly key?: string;
  readonly signer?: string;
  readonly secret?: SecretBytes;
  readonly service?: string;
  readonly signedAt?: Instant;
  readonly method?: string;
  readonly target?: string;
}

/** A pipeline over two stores, whose keys seal but hide nothing, and the outcomes it told of. */
async function aPipeline(refusal?: ExternalKeyRefusal | Error) {
  const stores = new InMemoryXksStores(() => undefined);
  await stores.insert(store);
  await stores.insert(other);
  const outcomes: XksOutcome[] = [];
  const faults: unknown[] = [];
  const answering = async <T>(value: () => T) => {
    if (refusal instanceof Error) throw refusal;
    return refusal === undefined ? accept(value()) : refuse(refusal);
  };
  const clock = new SettableClock();
  clock.set(now);
  const pipeline = new XksPipeline({
    stores,
    clock,
    verifier: new SigV4Verifier<Caller>({
      regions: { has: () => true },
      services: new Set(['kms-xks-proxy']),
      credentials: {
        findSigningSecret: (id) =>
          [mine, theirs].includes(id) ? { secretAccessKey: secretOf(id), principal: aUser() } : undefined,
      },
    }),
    handlers: xksHandlers(
      {
        metadata: () =>
          answering(() => ({ keySpec: 'AES_256', keyUsage: ['ENCRYPT', 'DECRYPT'], keyStatus: 'ENABLED' as const })),
        encrypt: (_context, _store, _key, plaintext) =>
          answering(() => ({
            ciphertext: plaintext.expose((bytes) => Uint8Array.from(bytes)),
            initializationVector: new Uint8Array(16),
            authenticationTag: new Uint8Array(16),
            ciphertextMetadata: Uint8Array.of(1),
          })),
        decrypt: (_context, _store, _key, { ciphertext }) => answering(() => SecretBytes.copyOf(ciphertext)),
      },
      async () => ({ fleetSize: 1, model: 'Keywarden', healthStatus: 'ACTIVE' }),
    ),
    observe: (outcome) => outcomes.push(outcome),
    logFault: (_requestId, _operation, fault) => faults.push(fault),
  });
  const send = async (wish: Wish) => {
    const { operation, uriPath = store.uriPath, key = 'k', signer = mine } = wish;
    const target = wish.target ?? xksPath(uriPath, operation, key);
    const given = wish.body ?? bodies[operation];
    const body = text(typeof given === 'string' ? given : JSON.stringify(given));
    const headers = signRequest({
      method: wish.method ?? 'POST',
      url: `https://proxy.example.com${target}`,
      headers: [],
      body,
      credentials: { accessKeyId: signer, secretAccessKey: wish.secret ?? secretOf(signer) },
      region: 'ap-southeast-4',
      service: wish.service ?? 'kms-xks-proxy',
      now: wish.signedAt ?? now,
    });
    const request: XksWireRequest = {
      requestId: '0b7b5f0c-0000-4000-8000-000000000000',
      method: wish.method ?? 'POST',
      target,
      headers,
      body,
      remoteAddress: '192.0.2.1',
      secure: true,
    };
    const answer = await pipeline.handle(request);
    const parsed =
      answer.body.length === 0 ? {} : (JSON.parse(Buffer.from(answer.body).toString()) as Record<string, unknown>);
    return { status: answer.status, headers: answer.headers, ...parsed } as Record<string, unknown> & {
      status: number;
    };
  };
  return { send, outcomes, faults };
}

describe('the XKS proxy', () => {
  it('answers each operation in the form of the API', async () => {
    const { send } = await aPipeline();
    expect(await send({ operation: 'GetHealthStatus' })).toMatchObject({
      status: 200,
      xksProxyFleetSize: 1,
      xksProxyVendor: 'Keywarden',
      ekmFleetDetails: [{ healthStatus: 'ACTIVE' }],
    });
    expect(await send({ operation: 'GetKeyMetadata' })).toMatchObject({
      status: 200,
      keySpec: 'AES_256',
      keyUsage: ['ENCRYPT', 'DECRYPT'],
      keyStatus: 'ENABLED',
    });
    expect(await send({ operation: 'Decrypt' })).toMatchObject({
      status: 200,
      plaintext: base64(text('Hello World!')),
    });
  });

  it('adds the integrity value when it is asked for, over the data of the caller too', async () => {
    const { send } = await aPipeline();
    const aad = text('project=nile');
    const body = { ...bodies.Encrypt, additionalAuthenticatedData: base64(aad) };
    const plain = await send({ operation: 'Encrypt', body });
    expect(plain).not.toHaveProperty('ciphertextDataIntegrityValue');
    const answer = await send({
      operation: 'Encrypt',
      body: { ...body, ciphertextDataIntegrityValueAlgorithm: 'SHA_256' },
    });
    expect(answer['ciphertextDataIntegrityValue']).toBe(
      base64(
        integrityValue({
          additionalAuthenticatedData: aad,
          ciphertextMetadata: Uint8Array.of(1),
          initializationVector: new Uint8Array(16),
          ciphertext: text('Hello World!'),
          authenticationTag: new Uint8Array(16),
        }),
      ),
    );
  });

  it.each<[string, Wish]>([
    ['a credential of another store', { operation: 'Encrypt', signer: theirs }],
    ['a wrong secret', { operation: 'Encrypt', secret: SecretBytes.copyOf(text('x'.repeat(43))) }],
    ['an unknown credential', { operation: 'Encrypt', signer: 'Z'.repeat(24) }],
    ['a signature for another service', { operation: 'Encrypt', service: 'kms' }],
    ['a signature of six minutes ago', { operation: 'Encrypt', signedAt: instant(now - 360_000) }],
    ['a signature of the day after', { operation: 'GetHealthStatus', signedAt: instant(now + 360_000) }],
  ])('does not authenticate %s', async (_what, wish) => {
    const { send, outcomes } = await aPipeline();
    expect(await send(wish)).toMatchObject({ status: 401, errorName: 'AuthenticationFailedException' });
    // What was not signed is not believed, not even for the record.
    expect(outcomes).toEqual([
      expect.objectContaining({ errorName: 'AuthenticationFailedException', metadata: undefined }),
    ]);
  });

  it('knows its paths alone, and POST alone', async () => {
    const { send } = await aPipeline();
    for (const target of ['/', '/kms/xks/v1/health', `${store.uriPath}/keys/k/sign`, `${store.uriPath}/health?x`]) {
      expect(await send({ operation: 'Encrypt', target })).toMatchObject({
        status: 404,
        errorName: 'InvalidUriPathException',
      });
    }
    expect(await send({ operation: 'GetHealthStatus', method: 'GET' })).toMatchObject({
      status: 405,
      headers: { Allow: 'POST' },
    });
  });

  it.each<[string, XksOperation, object | string]>([
    ['no JSON', 'Encrypt', '{'],
    ['no metadata', 'Encrypt', { ...bodies.Encrypt, requestMetadata: undefined }],
    ['no plaintext', 'Encrypt', { ...bodies.Encrypt, plaintext: undefined }],
    ['a plaintext that is no base64', 'Encrypt', { ...bodies.Encrypt, plaintext: '*' }],
    ['another algorithm', 'Encrypt', { ...bodies.Encrypt, encryptionAlgorithm: 'RSA' }],
    ['no tag', 'Decrypt', { ...bodies.Decrypt, authenticationTag: undefined }],
  ])('refuses %s', async (_what, operation, body) => {
    const { send } = await aPipeline();
    expect(await send({ operation, body })).toMatchObject({ status: 400, errorName: 'ValidationException' });
  });

  it('takes 4,300 bytes of plaintext and 8,192 of additional data, and no more', async () => {
    const { send } = await aPipeline();
    const sized = (plaintext: number, aad: number) => ({
      ...bodies.Encrypt,
      plaintext: base64(new Uint8Array(plaintext)),
      additionalAuthenticatedData: base64(new Uint8Array(aad)),
    });
    expect(await send({ operation: 'Encrypt', body: sized(4_300, 8_192) })).toMatchObject({ status: 200 });
    for (const body of [sized(4_301, 0), sized(1, 8_193)]) {
      expect(await send({ operation: 'Encrypt', body })).toMatchObject({
        status: 501,
        errorName: 'UnsupportedOperationException',
      });
    }
  });

  it.each<[ExternalKeyRefusal['code'], number, string]>([
    ['ExternalKeyUnknown', 404, 'KeyNotFoundException'],
    ['ExternalKeyDenied', 403, 'AccessDeniedException'],
    ['ExternalKeyUnavailable', 400, 'InvalidStateException'],
    ['ExternalKeyUnsuitable', 400, 'InvalidKeyUsageException'],
    ['ExternalCiphertextRefused', 400, 'InvalidCiphertextException'],
  ])('answers %s with %d %s', async (code, status, errorName) => {
    const { send } = await aPipeline({ code });
    expect(await send({ operation: 'Decrypt' })).toMatchObject({ status, errorName });
  });

  it('tells nothing of a fault but that there was one', async () => {
    const { send, faults } = await aPipeline(new Error('the database is at 10.0.0.1'));
    const answer = await send({ operation: 'Encrypt' });
    expect(answer).toMatchObject({ status: 500, errorName: 'InternalException' });
    expect(JSON.stringify(answer)).not.toContain('10.0.0.1');
    expect(faults).toHaveLength(1);
  });

  it('tells of each request with what the KMS elsewhere said of it', async () => {
    const { send, outcomes } = await aPipeline();
    await send({ operation: 'Encrypt' });
    expect(outcomes).toEqual([
      {
        requestId: '0b7b5f0c-0000-4000-8000-000000000000',
        operation: 'Encrypt',
        uriPath: store.uriPath,
        externalKeyId: 'k',
        metadata: requestMetadata,
        errorName: undefined,
        durationMs: expect.any(Number) as number,
      },
    ]);
  });
});
