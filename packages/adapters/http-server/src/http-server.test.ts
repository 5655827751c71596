import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createHttpServer } from './http-server';
import { RawClient, post } from './testing/raw-client';
import { serverPerTest } from './testing/suite';
import { echo, pause } from './testing/test-server';

const start = serverPerTest();
const testdata = (name: string): Buffer => readFileSync(join(__dirname, '../testdata', name));
const tls = { cert: testdata('test-only-cert.pem'), key: testdata('test-only-key.pem') };
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('a request', () => {
  it('reaches the handler with target, headers and body as received', async () => {
    const server = await start();
    const client = await server.client();
    client.write(
      Buffer.from(
        'POST /a%20b?x=%2F HTTP/1.1\r\nhOsT: kms:80\r\nX-A: 1\r\nx-a:  2 \r\nContent-Length: 3\r\n\r\n{"\xff',
        'latin1',
      ),
    );
    await client.response();
    expect(server.requests[0]).toMatchObject({
      method: 'POST',
      target: '/a%20b?x=%2F',
      headers: [
        ['hOsT', 'kms:80'],
        ['X-A', '1'],
        ['x-a', '2'],
        ['Content-Length', '3'],
      ],
      remoteAddress: '127.0.0.1',
      tls: undefined,
    });
    expect([...(server.requests[0]?.body ?? [])]).toEqual([0x7b, 0x22, 0xff]);
    expect(Math.abs(Date.now() - (server.requests[0]?.receivedAt ?? 0))).toBeLessThan(10_000);
  });

  it('is answered with its request id, its length and a date', async () => {
    const server = await start();
    const client = await server.client();
    client.write(post('ü'));
    const { status, headers } = await client.response();
    expect(status).toBe(200);
    expect(headers.get('x-amzn-requestid')).toBe(server.requests[0]?.requestId);
    expect(server.requests[0]?.requestId).toMatch(uuid);
    expect(headers.has('date') && headers.has('content-length')).toBe(true);
    expect(headers.has('connection') && headers.get('connection') === 'close').toBe(false);
  });

  it('may come in chunks, and in single bytes', async () => {
    const server = await start();
    const client = await server.client();
    client.write('POST / HTTP/1.1\r\nHost: k\r\nTransfer-Encoding: chunked\r\n\r\n');
    for (const byte of 'abcdef') client.write(`1\r\n${byte}\r\n`);
    client.write('0\r\n\r\n');
    expect((await client.response()).body).toBe('POST / abcdef');
    for (const byte of post('slowly')) {
      client.write(byte);
      await pause(0);
    }
    expect((await client.response()).body).toBe('POST / slowly');
  });

  it('may be as large as an attestation document in base64', async () => {
    const server = await start();
    const client = await server.client();
    const body = 'A'.repeat(349_528);
    client.write(post(body));
    expect((await client.response()).body).toBe(`POST / ${body}`);
  });

  it('waits for 100 Continue when it asks for it', async () => {
    const server = await start();
    const client = await server.client();
    client.write('POST / HTTP/1.1\r\nHost: k\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n');
    expect((await client.response()).status).toBe(100);
    client.write('ok');
    expect((await client.response()).body).toBe('POST / ok');
  });

  it.each(['GET', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])(
    'with method %s is for the handler to decide',
    async (method) => {
      const client = await (await start()).client();
      client.write(`${method} /other HTTP/1.1\r\nHost: k\r\n\r\n`);
      expect((await client.response()).body).toBe(`${method} /other `);
    },
  );
});

describe('a connection', () => {
  it('is reused for the next request', async () => {
    const client = await (await start()).client();
    for (const body of ['one', 'two', 'three']) {
      client.write(post(body));
      expect((await client.response()).body).toBe(`POST / ${body}`);
    }
  });

  it('answers pipelined requests in their order', async () => {
    const slowFirst = await start({
      handle: async (request) => {
        if (Buffer.from(request.body).toString() === 'first') await pause(50);
        return echo(request);
      },
    });
    const client = await slowFirst.client();
    client.write(post('first') + post('second'));
    expect((await client.response()).body).toBe('POST / first');
    expect((await client.response()).body).toBe('POST / second');
  });

  it('is closed after the keep-alive time', async () => {
    const client = await (await start({ limits: { keepAliveTimeoutMs: 50 } })).client();
    client.write(post('x'));
    await client.response();
    await client.ended();
  });
});

describe('a handler', () => {
  it('that fails gives 500 without detail, and the detail to the log', async () => {
    const server = await start({ handle: () => Promise.reject(new Error('password is horse')) });
    const client = await server.client();
    client.write(post('{}'));
    const { status, headers, body } = await client.response();
    expect([status, JSON.parse(body)]).toMatchObject([500, { __type: 'InternalFailure' }]);
    expect(body).not.toContain('horse');
    expect(server.log[0]).toMatchObject({
      level: 'error',
      fields: { requestId: headers.get('x-amzn-requestid'), errorMessage: 'password is horse' },
    });
  });

  it.each([
    [
      'throws at once',
      (): never => {
        throw new TypeError('sync');
      },
    ],
    ['answers nothing', () => Promise.resolve(undefined as never)],
    ['answers with an impossible status', () => Promise.resolve({ status: 42, headers: [], body: '' })],
    ['splits the response', () => Promise.resolve({ status: 200, headers: [['X', 'a\r\nY: b'] as const], body: '' })],
  ])('that %s gives 500 and keeps the connection', async (_what, handle) => {
    const client = await (await start({ handle })).client();
    for (let round = 0; round < 2; round += 1) {
      client.write(post('{}'));
      expect((await client.response()).status).toBe(500);
    }
  });

  it('cannot set the framing of the response', async () => {
    const headers = [
      ['Content-Length', '1'],
      ['Transfer-Encoding', 'chunked'],
      ['Connection', 'close'],
    ] as const;
    const client = await (
      await start({ handle: () => Promise.resolve({ status: 200, headers, body: 'abc' }) })
    ).client();
    client.write(post('{}') + post('{}'));
    expect((await client.response()).body).toBe('abc');
    expect((await client.response()).headers.get('content-length')).toBe('3');
  });

  it('that misses its deadline is told so, and its client gets 503', async () => {
    const server = await start({ limits: { handlerTimeoutMs: 40 }, handle: () => new Promise(() => undefined) });
    const client = await server.client();
    client.write(post('{}'));
    const { status, body } = await client.response();
    expect([status, JSON.parse(body)]).toMatchObject([503, { __type: 'ServiceUnavailableException' }]);
    expect(server.requests[0]?.signal.aborted).toBe(true);
    expect(server.log[0]).toMatchObject({ level: 'error', message: 'request handler missed its deadline' });
  });

  it('learns that its client has left', async () => {
    const server = await start({ handle: () => new Promise(() => undefined) });
    const client = await server.client();
    client.write(post('{}'));
    while (server.requests.length === 0) await pause(1);
    expect(server.requests[0]?.signal.aborted).toBe(false);
    client.reset();
    while (server.requests[0]?.signal.aborted !== true) await pause(1);
  });

  it('answers through the fault response it was given', async () => {
    const server = await start({
      handle: () => Promise.reject(new Error('x')),
      faultResponse: (fault, requestId) => ({ status: 500, headers: [], body: `${fault} ${requestId}` }),
    });
    const client = await server.client();
    client.write(post('{}'));
    expect((await client.response()).body).toBe(`HandlerFailed ${server.requests[0]?.requestId}`);
  });
});

describe('TLS', () => {
  it('carries requests and tells what was agreed', async () => {
    const server = await start({ tls });
    const client = await RawClient.connectTls(server.port, tls.cert);
    client.write(post('secret'));
    expect((await client.response()).body).toBe('POST / secret');
    expect(server.requests[0]?.tls).toEqual({ version: 'TLSv1.3', cipher: expect.stringMatching(/^TLS_/) as string });
    client.destroy();
  });

  it.each<[string, { readonly ca: Buffer; readonly commonName?: string }, boolean, boolean]>([
    ['nobody without a certificate through', { ca: tls.cert }, false, false],
    ['clients of its authority through', { ca: tls.cert }, true, true],
    ['the client of the name through', { ca: tls.cert, commonName: 'test-only.keywarden.invalid' }, true, true],
    ['no client of another name through', { ca: tls.cert, commonName: 'invalid' }, true, false],
  ])('lets %s', async (_what, clients, presents, passes) => {
    const server = await start({ tls: { ...tls, clients } });
    const client = await RawClient.connectTls(server.port, tls.cert, presents ? tls : undefined);
    client.write(post('secret'));
    if (passes) expect((await client.response()).body).toBe('POST / secret');
    else await client.ended();
    expect(server.requests).toHaveLength(passes ? 1 : 0);
    client.destroy();
  });

  it('is not left for plain HTTP', async () => {
    const server = await start({ tls });
    const client = await server.client();
    client.write(post('plain'));
    await client.ended();
    expect(server.requests).toHaveLength(0);
  });

  it('gives up on a handshake that does not come', async () => {
    const server = await start({ tls, limits: { tlsHandshakeTimeoutMs: 50 } });
    const client = await server.client();
    await client.ended();
    expect(server.log[0]?.message).toBe('TLS handshake failed');
  });

  it('does not start with a key that does not fit', () => {
    const bad = { cert: tls.cert, key: Buffer.from('no key') };
    const log = { debug: jest.fn(), info: jest.fn(), warn: jest.fn(), error: jest.fn() };
    const readiness = () => Promise.resolve({ ready: true });
    expect(() => createHttpServer({ host: '::1', port: 0, tls: bad, handle: echo, readiness, log })).toThrow();
  });
});

describe('listen', () => {
  const another = (host: string, port: number) =>
    createHttpServer({
      host,
      port,
      handle: echo,
      readiness: () => Promise.resolve({ ready: true }),
      log: { debug: jest.fn(), info: jest.fn(), warn: jest.fn(), error: jest.fn() },
    });

  it('rejects with the code of the system when the port is taken', async () => {
    const { port } = await start();
    const server = another('127.0.0.1', port);
    await expect(server.listen()).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await server.close({ drainMs: 1_000 });
  });

  it('rejects with the code of the system when the address is not of this machine', async () => {
    await expect(another('192.0.2.1', 0).listen()).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
  });

  it('does not come back after close', async () => {
    const server = another('127.0.0.1', 0);
    await server.close({ drainMs: 0 });
    await expect(server.listen()).rejects.toThrow('closed');
  });

  it('tells the port that was chosen', async () => {
    const { port } = await start();
    const socket = connect(port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.destroy();
  });
});
