import { type Hash, createHash, createHmac } from 'node:crypto';
import { KMSClient, EncryptCommand, ListKeysCommand } from '@aws-sdk/client-kms';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { instant } from '@keywarden/kernel';
import { signRequest } from './sign-request';
import type { HeaderPair, SignedRequest } from './signed-request';
import { SigV4Verifier } from './sigv4-verifier';
import { accessKeyId, now, secretAccessKey, secretOf, secretText, verifierOf } from './testing/fixtures';

const secrets = { accessKeyId, secretAccessKey: secretText };
const onWire = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

interface CapturedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string | Uint8Array;
}

/** What the stock client would put on the wire. */
async function captured(call: (client: KMSClient) => Promise<unknown>, token?: string): Promise<SignedRequest> {
  let request: CapturedRequest | undefined;
  const client = new KMSClient({
    region: 'eu-central-1',
    endpoint: 'http://127.0.0.1:8080',
    credentials: token === undefined ? secrets : { ...secrets, sessionToken: token },
    maxAttempts: 1,
    requestHandler: {
      handle: (sent: CapturedRequest) => {
        request = sent;
        return Promise.reject(new Error('captured'));
      },
    },
  });
  await expect(call(client)).rejects.toThrow('captured');
  const { method, path, headers, body } = request!;
  const pairs = Object.entries(headers).map(([name, value]): HeaderPair => [name, onWire(value)]);
  return {
    method,
    target: path,
    headers: pairs,
    body: typeof body === 'object' && body instanceof Uint8Array ? body : Buffer.from(String(body ?? '')),
  };
}

describe('requests signed by the AWS SDK', () => {
  const atOnce = (): ReturnType<typeof instant> => instant(Date.now());

  it('verifies Encrypt as client-kms sends it', async () => {
    const request = await captured((client) =>
      client.send(new EncryptCommand({ KeyId: 'alias/a', Plaintext: Buffer.from('x'), EncryptionContext: { ä: 'ü' } })),
    );
    expect(verifierOf().verify(request, atOnce())).toMatchObject({ ok: true, value: { principal: 'alice' } });
  });

  it('verifies a temporary credential as client-kms sends it', async () => {
    const request = await captured((client) => client.send(new ListKeysCommand({})), 'IQoJb3JpZ2lu//token==');
    const answer = { secretAccessKey, sessionToken: secretOf('IQoJb3JpZ2lu//token=='), principal: 'alice' };
    expect(verifierOf(answer).verify(request, atOnce())).toMatchObject({ ok: true });
  });
});

class NodeSha256 {
  readonly #hash: Hash | ReturnType<typeof createHmac>;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    const key = ArrayBuffer.isView(secret) ? Buffer.from(secret.buffer, secret.byteOffset, secret.byteLength) : secret;
    this.#hash =
      key === undefined
        ? createHash('sha256')
        : createHmac('sha256', typeof key === 'string' || Buffer.isBuffer(key) ? key : Buffer.from(key));
  }
  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.#hash.digest()));
  }
  reset(): void {}
}

const signer = new SignatureV4({ credentials: secrets, region: 'eu-central-1', service: 'kms', sha256: NodeSha256 });

const segment = fc.constantFrom(
  'a',
  'B-c',
  'd.e',
  '~',
  '_',
  '%20',
  '%C3%A4',
  '%2F',
  '%25',
  "it's",
  '(x)',
  '.',
  '..',
  '',
);
const printable = fc.stringMatching(/^[\x20-\x7e]{0,30}$/);
const parameters = fc.dictionary(fc.stringMatching(/^[A-Za-z0-9 _~!'()*%+&=?/-]{1,8}$/), printable, { maxKeys: 4 });

describe('canonical form, against @smithy/signature-v4', () => {
  it('agrees for any path, query, header value and body', async () => {
    const verifier = verifierOf();
    await fc.assert(
      fc.asyncProperty(
        fc.array(segment, { maxLength: 5 }),
        parameters,
        printable,
        fc.uint8Array({ maxLength: 50 }),
        async (segments, query, value, body) => {
          const path = `/${segments.join('/')}`;
          const sent = await signer.sign(
            {
              protocol: 'http:',
              hostname: 'localhost',
              method: 'PUT',
              path,
              query,
              headers: { host: 'localhost', 'x-amz-meta': value, other: value },
              body,
            },
            { signingDate: new Date(now) },
          );
          const search = Object.entries(query)
            .map((pair) => pair.map(encodeURIComponent).join('='))
            .join('&');
          const request: SignedRequest = {
            method: 'PUT',
            target: search === '' ? path : `${path}?${search}`,
            headers: Object.entries(sent.headers),
            body,
          };
          expect(verifier.verify(request)).toMatchObject({ ok: true });
        },
      ),
    );
  });

  it('takes header values as the bytes on the wire, so that UTF-8 text verifies', async () => {
    const headers = { host: 'localhost', 'x-amz-meta': 'Zoë 鍵' };
    const request = { protocol: 'http:', hostname: 'localhost', method: 'GET', path: '/', query: {}, headers };
    const sent = await signer.sign(request, { signingDate: new Date(now) });
    const pairs = Object.entries(sent.headers).map(([name, value]): HeaderPair => [name, onWire(value)]);
    expect(verifierOf().verify({ method: 'GET', target: '/', headers: pairs, body: Buffer.alloc(0) })).toMatchObject({
      ok: true,
    });
  });

  it('agrees with the signer of this package', async () => {
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'TrentService.ListKeys' };
    const sent = await signer.sign(
      {
        protocol: 'https:',
        hostname: 'kms.example.com',
        method: 'POST',
        path: '/a%20b/',
        query: { b: '2', a: '1 +' },
        headers: { ...headers, host: 'kms.example.com' },
        body: '{}',
      },
      { signingDate: new Date(now) },
    );
    const ours = new Map(
      signRequest({
        method: 'POST',
        url: 'https://kms.example.com/a%20b/?b=2&a=1%20%2B',
        headers: [...Object.entries(headers), ['x-amz-content-sha256', sent.headers['x-amz-content-sha256'] ?? '']],
        body: Buffer.from('{}'),
        credentials: { accessKeyId, secretAccessKey },
        region: 'eu-central-1',
        service: 'kms',
        now,
      }),
    );
    expect(ours.get('Authorization')).toBe(sent.headers['authorization']);
  });

  it('serves several services and says which one was signed for', async () => {
    const sts = new SignatureV4({ credentials: secrets, region: 'eu-central-1', service: 'sts', sha256: NodeSha256 });
    const sent = await sts.sign(
      { protocol: 'http:', hostname: 'h', method: 'POST', path: '/', query: {}, headers: { host: 'h' }, body: '' },
      { signingDate: new Date(now) },
    );
    const request = { method: 'POST', target: '/', headers: Object.entries(sent.headers), body: Buffer.alloc(0) };
    expect(verifierOf().verify(request)).toMatchObject({ ok: true, value: { service: 'sts' } });
    const kmsOnly = new SigV4Verifier<string>({
      regions: new Set(['eu-central-1']),
      services: new Set(['kms']),
      credentials: { findSigningSecret: () => ({ secretAccessKey, principal: 'alice' }) },
    });
    expect(await kmsOnly.verify(request, now)).toMatchObject({
      ok: false,
      refusal: { code: 'CredentialScopeMismatch' },
    });
  });
});
