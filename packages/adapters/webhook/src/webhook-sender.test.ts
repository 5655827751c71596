import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SecretWrapping } from '@keywarden/crypto';
import { type WebhookDestination, parseDestinationName } from '@keywarden/event-delivery';
import type { RecordedEvent } from '@keywarden/events';
import { SecretBytes, instant } from '@keywarden/kernel';
import { aKmsKey } from '@keywarden/keys/testing';
import { AllowedNetworks } from './allowed-networks';
import { WebhookSender, type WebhookSenderOptions, waitOf } from './webhook-sender';

const now = instant(Date.UTC(2026, 5, 1));
const { account, region, id } = aKmsKey();
const event: RecordedEvent = {
  id: '11111111-2222-4333-8444-555555555555',
  sequence: 1,
  key: { account, region, id },
  at: now,
  type: 'KeyDeleted',
  details: {},
};

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function aReceiver(handle: Handler): Promise<string> {
  const server: Server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => handle(request, response, body));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?a=b`;
}

/** Wrapping shows its place; signing shows the secret and what was signed. */
const wrapping: SecretWrapping = {
  wrap: () => Promise.reject(new Error('not here')),
  unwrap: async ({ purpose, name }, wrapped) => {
    if (wrapped[0] === 0) throw new Error('it does not unwrap');
    return SecretBytes.copyOf(Buffer.from(`${purpose}/${name}/${wrapped[0]}`));
  },
};
const secrets = {
  fresh: () => SecretBytes.copyOf(Uint8Array.of(1)),
  usable: () => true,
  sign: (secret: SecretBytes, message: { id: string; sentAt: number; body: string }) =>
    `v1,${secret.expose((bytes) => Buffer.from(bytes).toString())}:${message.id}:${message.sentAt}:${message.body.length}`,
};

function aSender(options: WebhookSenderOptions = {}): WebhookSender {
  const sender = new WebhookSender(secrets, wrapping, { now: () => now }, options);
  closing.push(() => sender.close());
  return sender;
}

const to = (url: string, ...wrapped: number[]): WebhookDestination => ({
  kind: 'webhook',
  name: parseDestinationName('watch')!,
  url,
  secrets: (wrapped.length === 0 ? [7] : wrapped).map((byte) => ({ wrapped: Uint8Array.of(byte), region })),
  createdAt: now,
});

describe('a webhook', () => {
  it('receives the event as a CloudEvent, with the headers of Standard Webhooks and a signature of each secret', async () => {
    const received: { request: IncomingMessage; body: string }[] = [];
    const url = await aReceiver((request, response, body) => {
      received.push({ request, body });
      response.writeHead(204).end();
    });
    expect(await aSender().send(to(url, 7, 8), [event])).toEqual({ delivered: true });
    const [{ request, body }] = received as [(typeof received)[0]];
    expect([request.method, request.url]).toEqual(['POST', '/hook?a=b']);
    expect(request.headers).toMatchObject({
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'webhook-id': event.id,
      'webhook-timestamp': String(now / 1_000),
      'webhook-signature': [7, 8]
        .map((byte) => `v1,webhook-secret/watch/${byte}:${event.id}:${now}:${body.length}`)
        .join(' '),
    });
    expect(JSON.parse(body)).toMatchObject({ specversion: '1.0', data: { 'detail-type': 'KMS CMK Deletion' } });
  });

  it.each([199 + 101, 302, 400, 404, 410, 500, 503])('that answers %d has not taken it', async (status) => {
    const url = await aReceiver((_, response) => response.writeHead(status, { Location: '/elsewhere' }).end('no'));
    expect(await aSender().send(to(url), [event])).toEqual({ delivered: false, failure: `status ${status}` });
  });

  it('is not followed to another place', async () => {
    const paths: (string | undefined)[] = [];
    const url = await aReceiver((request, response) => {
      paths.push(request.url);
      response.writeHead(307, { Location: '/elsewhere' }).end();
    });
    await aSender().send(to(url), [event]);
    expect(paths).toEqual(['/hook?a=b']);
  });

  it('may ask for a pause', async () => {
    const url = await aReceiver((_, response) => response.writeHead(429, { 'Retry-After': '120' }).end());
    expect(await aSender().send(to(url), [event])).toEqual({
      delivered: false,
      failure: 'status 429',
      retryAfterMs: 120_000,
    });
  });

  it('that never answers is given up after the timeout', async () => {
    const silent = await aReceiver(() => undefined);
    const outcome = await aSender({ timeoutMs: 100 }).send(to(silent), [event]);
    expect(outcome).toEqual({ delivered: false, failure: 'TimeoutError' });
  });

  it('that took the event is not waited for, however slowly it talks on', async () => {
    const gone = Promise.withResolvers<void>();
    const url = await aReceiver((_, response) => {
      response.on('close', () => gone.resolve());
      response.writeHead(200).write('.');
    });
    expect(await aSender({ timeoutMs: 500 }).send(to(url), [event])).toEqual({ delivered: true });
    await gone.promise;
  });

  it('that answers without end is cut off, and has taken it', async () => {
    const gone = Promise.withResolvers<void>();
    const url = await aReceiver((_, response) => {
      response.on('close', () => gone.resolve());
      response.writeHead(200).write('x'.repeat(200_000));
    });
    expect(await aSender({ timeoutMs: 600_000 }).send(to(url), [event])).toEqual({ delivered: true });
    await gone.promise;
  });

  it('that is not there fails with the code of the fault, and no more', async () => {
    const url = await aReceiver(() => undefined);
    closing.splice(0).forEach((close) => close());
    expect(await aSender().send(to(url), [event])).toEqual({ delivered: false, failure: 'ECONNREFUSED' });
  });

  it('whose secret does not unwrap is sent nothing', async () => {
    let calls = 0;
    const url = await aReceiver((_, response) => {
      calls += 1;
      response.end();
    });
    expect(await aSender().send(to(url, 0), [event])).toEqual({ delivered: false, failure: 'Error' });
    expect(calls).toBe(0);
  });
});

describe('plain http', () => {
  it.each([
    'http://10.1.2.3/',
    'http://[fd00::1]/',
    'http://169.254.169.254/latest',
    'http://192.0.2.1/',
    'http://0.0.0.0/',
  ])('does not go to %s', async (url) => {
    expect(await aSender({ timeoutMs: 1_000 }).send(to(url), [event])).toEqual({
      delivered: false,
      failure: 'AddressNotAllowed',
    });
  });

  it('goes to a name only as long as that stands for an allowed address', async () => {
    const url = (await aReceiver((_, response) => response.end())).replace('127.0.0.1', 'localhost');
    const outcome = await aSender({ timeoutMs: 5_000 }).send(to(url), [event]);
    // Where localhost stands for ::1 first, nobody listens there; what matters is that it was not refused.
    expect(outcome.delivered || outcome.failure).not.toBe('AddressNotAllowed');
    const networks = new AllowedNetworks();
    expect([networks.has('127.0.0.1'), networks.has('::1'), networks.has('::ffff:127.0.0.1')]).toEqual([
      true,
      true,
      true,
    ]);
    expect([networks.has('10.0.0.1'), networks.has('::'), networks.has('localhost')]).toEqual([false, false, false]);
  });

  it('goes to networks that are named', () => {
    const networks = new AllowedNetworks(['10.1.0.0/16', 'fd00::/8']);
    expect([networks.has('10.1.9.9'), networks.has('fd12::1')]).toEqual([true, true]);
    expect([networks.has('10.2.0.1'), networks.has('fe80::1')]).toEqual([false, false]);
  });

  it.each(['', '10.0.0.0', '10.0.0.0/33', 'fd00::/129', 'a/8'])('knows no network like %j', (text) => {
    expect(() => new AllowedNetworks([text])).toThrow();
  });
});

describe('Retry-After', () => {
  it('is seconds or a date', () => {
    expect(waitOf('0', now)).toBe(0);
    expect(waitOf(new Date(now + 5_000).toUTCString(), now)).toBe(5_000);
    expect(waitOf(new Date(now - 5_000).toUTCString(), now)).toBe(0);
    expect(waitOf('soon', now)).toBeUndefined();
  });
});
