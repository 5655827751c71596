import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RawClient, post } from './testing/raw-client';
import { serverPerTest } from './testing/suite';
import { echo, pause } from './testing/test-server';

const start = serverPerTest();
const slow = (milliseconds: number) => ({
  handle: async (request: Parameters<typeof echo>[0]) => (await pause(milliseconds), echo(request)),
});

async function elapsed(action: () => Promise<void>): Promise<number> {
  const from = performance.now();
  await action();
  return performance.now() - from;
}

describe('close', () => {
  it('lets a request under way finish and says that the connection ends', async () => {
    const server = await start(slow(100));
    const client = await server.client();
    client.write(post('x'));
    while (server.requests.length === 0) await pause(1);
    const closed = server.close(5_000);
    const response = await client.response();
    expect([response.status, response.headers.get('connection')]).toEqual([200, 'close']);
    await client.ended();
    await closed;
  });

  it('lets pipelined requests finish, all of them', async () => {
    const server = await start(slow(60));
    const client = await server.client();
    client.write(post('a') + post('b') + post('c'));
    while (server.requests.length < 3) await pause(1);
    const closed = server.close(5_000);
    for (const body of ['a', 'b', 'c']) expect((await client.response()).body).toBe(`POST / ${body}`);
    await closed;
  });

  it('accepts no connection any more', async () => {
    const server = await start(slow(100));
    const client = await server.client();
    client.write(post('x'));
    while (server.requests.length === 0) await pause(1);
    const closed = server.close(5_000);
    await expect(server.client()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await closed;
  });

  it('closes idle, silent and half-sent connections at once', async () => {
    const server = await start();
    const clients = [await server.client(), await server.client(), await server.client()];
    clients[0]?.write(post('x'));
    await clients[0]?.response();
    clients[2]?.write('POST / HT');
    await pause(20);
    expect(await elapsed(() => server.close(10_000))).toBeLessThan(2_000);
    await Promise.all(clients.map((client) => client.ended()));
  });

  it('does not wait for the rest of a half-sent request while another is under way', async () => {
    const server = await start(slow(300));
    const [busy, idle] = [await server.client(), await server.client()];
    idle.write('POST / HT');
    busy.write(post('x'));
    while (server.requests.length === 0) await pause(1);
    const closed = server.close(5_000);
    await idle.ended();
    expect([busy.closed, busy.pending]).toEqual([false, '']);
    expect((await busy.response()).status).toBe(200);
    await closed;
  });

  it('cuts a request that outlasts the drain time, and tells its handler', async () => {
    const server = await start({ handle: () => new Promise(() => undefined) });
    const client = await server.client();
    client.write(post('x'));
    while (server.requests.length === 0) await pause(1);
    expect(await elapsed(() => server.close(50))).toBeLessThan(2_000);
    await client.ended();
    expect(server.requests[0]?.signal.aborted).toBe(true);
    expect(server.log.at(-1)).toMatchObject({ level: 'warn', message: 'requests under way were cut off' });
  });

  it('waits for a handler whose client has left', async () => {
    const server = await start(slow(150));
    const client = await server.client();
    client.write(post('x'));
    while (server.requests.length === 0) await pause(1);
    client.reset();
    expect(await elapsed(() => server.close(5_000))).toBeGreaterThan(80);
  });

  it('may be called twice', async () => {
    const server = await start();
    await Promise.all([server.close(100), server.close(100)]);
    await server.close(0);
  });

  it('does not wait for TLS clients, in or before their handshake', async () => {
    const file = (name: string): Buffer => readFileSync(join(__dirname, '../testdata', name));
    const tls = { cert: file('test-only-cert.pem'), key: file('test-only-key.pem') };
    const server = await start({ tls });
    const silent = await server.client();
    const idle = await RawClient.connectTls(server.port, tls.cert);
    expect(await elapsed(() => server.close(10_000))).toBeLessThan(2_000);
    await Promise.all([silent.ended(), idle.ended()]);
  });
});
