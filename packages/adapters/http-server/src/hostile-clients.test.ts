import { post } from './testing/raw-client';
import { serverPerTest } from './testing/suite';
import { echo, pause } from './testing/test-server';

const start = serverPerTest();
const head = 'POST / HTTP/1.1\r\nHost: k\r\n';

async function refusedWith(bytes: string, status: number, limits = {}): Promise<void> {
  const server = await start({ limits });
  const client = await server.client();
  client.write(bytes);
  const response = await client.response();
  expect(response.status).toBe(status);
  expect(JSON.parse(response.body)).toMatchObject({ __type: expect.any(String) as string });
  expect(response.headers.get('connection')).toBe('close');
  expect(response.headers.has('x-amzn-requestid')).toBe(true);
  await client.ended();
  expect(server.requests).toHaveLength(0);
}

describe('a client that is slow', () => {
  const limits = { headersTimeoutMs: 80, requestTimeoutMs: 160 };

  it('with its first byte is answered 408', () => refusedWith('', 408, limits));

  it('with its headers is answered 408, however steadily they trickle in', async () => {
    const server = await start({ limits });
    const client = await server.client();
    client.write(head);
    const trickle = setInterval(() => client.write('X-A: b\r\n'), 10);
    const response = await client.response();
    clearInterval(trickle);
    expect(response.status).toBe(408);
    await client.ended();
  });

  it('with its body is answered 408, however steadily it trickles in', async () => {
    const server = await start({ limits });
    const client = await server.client();
    client.write(`${head}Content-Length: 1000\r\n\r\n`);
    const trickle = setInterval(() => client.write('x'), 10);
    const response = await client.response();
    clearInterval(trickle);
    expect([response.status, JSON.parse(response.body)]).toMatchObject([408, { __type: 'RequestTimeoutException' }]);
    await client.ended();
    expect(server.requests).toHaveLength(0);
  });

  it('to read is cut off', async () => {
    const large = { status: 200, headers: [], body: 'x'.repeat(30_000_000) };
    const server = await start({
      limits: { headersTimeoutMs: 50, requestTimeoutMs: 50, handlerTimeoutMs: 50 },
      handle: () => Promise.resolve(large),
    });
    const { connect } = await import('node:net');
    const deaf = connect(server.port, '127.0.0.1')
      .on('error', () => undefined)
      .pause();
    deaf.write(post('{}'));
    while (server.requests.length === 0) await pause(1);
    await server.close(5_000);
    expect(server.log.filter(({ level }) => level === 'warn')).toEqual([]);
    deaf.destroy();
  });
});

describe('a body that is too large', () => {
  const limits = { maxBodyBytes: 1_000 };
  const tooLarge = { __type: 'RequestEntityTooLargeException' };

  it('is refused on its announcement', () => refusedWith(`${head}Content-Length: 1001\r\n\r\n`, 413, limits));

  it('is refused although the client sends all of it before it reads', async () => {
    const server = await start({ limits });
    const client = await server.client();
    await client.writeBeforeReading(post('x'.repeat(20_000_000)));
    const { status, body } = await client.response();
    expect([status, JSON.parse(body)]).toMatchObject([413, tooLarge]);
    await client.ended();
  });

  it('is refused in chunks, where no length is announced', async () => {
    const server = await start({ limits });
    const client = await server.client();
    client.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
    for (let chunk = 0; chunk < 11; chunk += 1) client.write(`64\r\n${'x'.repeat(100)}\r\n`);
    const { status, body } = await client.response();
    expect([status, JSON.parse(body)]).toMatchObject([413, tooLarge]);
    await client.ended();
    expect(server.requests).toHaveLength(0);
  });

  it('is refused before 100 Continue', () =>
    refusedWith(`${head}Content-Length: 1001\r\nExpect: 100-continue\r\n\r\n`, 413, limits));

  it('at the limit is not', async () => {
    const client = await (await start({ limits })).client();
    client.write(post('x'.repeat(1_000)));
    expect((await client.response()).status).toBe(200);
  });
});

describe('headers', () => {
  it('of too many bytes are refused', () => refusedWith(`${head}X: ${'y'.repeat(20_000)}\r\n\r\n`, 431));
  it('of too many lines are refused', () => refusedWith(`${head}${'X: y\r\n'.repeat(100)}\r\n`, 431));
  it('at the limit of lines are taken', async () => {
    const client = await (await start()).client();
    client.write(`${head}${'X: y\r\n'.repeat(99)}\r\n`);
    expect((await client.response()).status).toBe(200);
  });
});

describe('malformed HTTP', () => {
  it.each([
    ['garbage', '\x16\x03\x01\x02\x00\x01\x00\r\n\r\n'],
    ['a bad method', 'FOO / HTTP/1.1\r\nHost: k\r\n\r\n'],
    ['a bad Content-Length', `${head}Content-Length: 1x\r\n\r\n`],
    ['a negative Content-Length', `${head}Content-Length: -1\r\n\r\n`],
    ['two lengths', `${head}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`],
    [
      'Content-Length beside Transfer-Encoding',
      `${head}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    [
      'Transfer-Encoding beside Content-Length',
      `${head}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n`,
    ],
    ['a transfer coding that does not end in chunked', `${head}Transfer-Encoding: gzip\r\n\r\n`],
    ['a transfer coding under chunked', `${head}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
    ['a bad chunk', `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`],
    ['a folded header', `${head}X: a\r\n b\r\n\r\n`],
    ['a space before the colon', `${head}X : a\r\n\r\n`],
    ['no Host', 'POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n'],
    ['two Hosts', 'POST / HTTP/1.1\r\nHost: a\r\nHOST: a\r\n\r\n'],
    ['a bare line feed in a header', `${head}X: a\nY: b\r\n\r\n`],
  ])('%s is answered 400 and the connection closed', (_what, bytes) => refusedWith(bytes, 400));

  it('an encoded body is refused', () =>
    refusedWith(`${head}Content-Encoding: gzip\r\nContent-Length: 0\r\n\r\n`, 415));
  it('an unknown expectation is refused', () => refusedWith(`${head}Expect: tea\r\nContent-Length: 0\r\n\r\n`, 417));

  it('after a good request does not harm the answer to that', async () => {
    const client = await (await start()).client();
    client.write(post('good'));
    expect((await client.response()).body).toBe('POST / good');
    client.write('garbage\r\n\r\n');
    expect((await client.response()).status).toBe(400);
    await client.ended();
  });

  it('behind a request under way ends the connection without a second answer in between', async () => {
    const server = await start({ handle: async (request) => (await pause(50), echo(request)) });
    const client = await server.client();
    client.write(post('good'));
    while (server.requests.length === 0) await pause(1);
    client.write('garbage\r\n\r\n');
    await client.ended();
    expect(client.pending).toBe('');
  });
});

describe('a client that leaves', () => {
  it.each([
    ['before its first byte', ''],
    ['within its headers', head],
    ['within its body', `${head}Content-Length: 10\r\n\r\nabc`],
    ['within a chunk', `${head}Transfer-Encoding: chunked\r\n\r\n5\r\nabc`],
  ])(
    '%s leaves nothing behind',
    async (_when, bytes) => {
      const server = await start();
      for (const leave of ['reset', 'destroy', 'halfClose'] as const) {
        const client = await server.client(true);
        if (bytes !== '') client.write(bytes);
        await pause(20);
        client[leave]();
        await pause(20);
        if (leave === 'halfClose') await client.ended().then(() => client.destroy());
      }
      expect(server.requests).toHaveLength(0);
      expect(server.log.filter(({ level }) => level !== 'debug')).toEqual([]);
      const other = await server.client();
      other.write(post('still here'));
      expect((await other.response()).status).toBe(200);
    },
    10_000,
  );
});

describe('overload', () => {
  it('beyond the bound on concurrent calls is answered 503 at once, and passes', async () => {
    let finish: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (finish = resolve));
    const server = await start({
      limits: { maxConcurrentRequests: 1 },
      handle: async (request) => (await held, echo(request)),
    });
    const [first, second] = [await server.client(), await server.client()];
    first.write(post('first'));
    while (server.requests.length === 0) await pause(1);
    second.write(post('second'));
    const refused = await second.response();
    expect([refused.status, JSON.parse(refused.body)]).toMatchObject([503, { __type: 'ServiceUnavailableException' }]);
    second.write('GET /health/live HTTP/1.1\r\nHost: k\r\n\r\n');
    expect((await second.response()).status).toBe(200);
    finish();
    expect((await first.response()).status).toBe(200);
    second.write(post('again'));
    expect((await second.response()).body).toBe('POST / again');
  });

  it('counts a call until it settles, even when its client has left', async () => {
    const server = await start({ limits: { maxConcurrentRequests: 1 }, handle: () => new Promise(() => undefined) });
    const leaver = await server.client();
    leaver.write(post('x'));
    while (server.requests.length === 0) await pause(1);
    leaver.reset();
    while (server.requests[0]?.signal.aborted !== true) await pause(1);
    const next = await server.client();
    next.write(post('y'));
    expect((await next.response()).status).toBe(503);
  });

  it('by more pipelined requests than allowed ends the connection after one 503', async () => {
    const server = await start({
      limits: { maxPipelinedRequests: 2 },
      handle: async (request) => (await pause(30), echo(request)),
    });
    const client = await server.client();
    client.write(post('x').repeat(50));
    expect(
      [await client.response(), await client.response(), await client.response()].map(({ status }) => status),
    ).toEqual([200, 200, 503]);
    await client.ended();
    expect(server.requests).toHaveLength(2);
  });

  it('by more memory for bodies than there is gives 503, and gives the memory back', async () => {
    const server = await start({ limits: { maxBufferedBytes: 100_000 } });
    const hoarders = [await server.client(), await server.client()];
    hoarders[0]?.write(`${head}Content-Length: 90000\r\n\r\nabc`);
    await pause(30);
    hoarders[1]?.write(`${head}Content-Length: 90000\r\n\r\nabc`);
    expect((await hoarders[1]?.response())?.status).toBe(503);
    hoarders[0]?.destroy();
    await pause(30);
    const client = await server.client();
    for (let round = 0; round < 5; round += 1) {
      client.write(post('x'.repeat(60_000)));
      expect((await client.response()).status).toBe(200);
    }
  });

  it('by connections closes the ones beyond the bound', async () => {
    const server = await start({ limits: { maxConnections: 2 } });
    const taken = [await server.client(), await server.client()];
    const third = await server.client();
    await third.ended();
    expect(server.log).toMatchObject([{ level: 'warn', message: 'connections turned away' }]);
    taken[0]?.write(post('x'));
    expect((await taken[0]?.response())?.status).toBe(200);
  });
});
