import type { Readiness } from './health';
import { serverPerTest } from './testing/suite';
import { pause } from './testing/test-server';

const start = serverPerTest();
const get = (target: string, method = 'GET'): string => `${method} ${target} HTTP/1.1\r\nHost: k\r\n\r\n`;

async function ready(readiness: () => Promise<Readiness>, limits = {}) {
  const server = await start({ readiness, limits });
  const client = await server.client();
  client.write(get('/health/ready'));
  const { status, body } = await client.response();
  return { status, body: JSON.parse(body) as unknown, log: server.log };
}

describe('GET /health/live', () => {
  it.each(['/health/live', '/health/live?probe=1'])('answers %s without asking the handler', async (target) => {
    const server = await start();
    const client = await server.client();
    client.write(get(target));
    expect(await client.response()).toMatchObject({ status: 200, body: '{"status":"live"}' });
    expect(server.requests).toHaveLength(0);
  });

  it('answers HEAD with the headers alone', async () => {
    const client = await (await start()).client();
    client.write(get('/health/live', 'HEAD') + get('/health/live'));
    const { status, headers } = await client.response(false);
    expect([status, headers.get('content-length')]).toEqual([200, '17']);
    expect((await client.response()).body).toBe('{"status":"live"}');
  });

  it.each(['/health/livex', '/health', '/Health/Live', '/health/live/'])('leaves %s to the handler', async (target) => {
    const server = await start();
    const client = await server.client();
    client.write(get(target));
    await client.response();
    expect(server.requests).toHaveLength(1);
  });
});

describe('GET /health/ready', () => {
  it('is 200 when the node can serve', async () => {
    expect(await ready(() => Promise.resolve({ ready: true }))).toMatchObject({
      status: 200,
      body: { status: 'ready' },
    });
  });

  it('is 503 with the reason when it cannot', async () => {
    expect(await ready(() => Promise.resolve({ ready: false, reason: 'no root key' }))).toMatchObject({
      status: 503,
      body: { status: 'unavailable', reason: 'no root key' },
    });
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('horse'))],
    [
      'throws',
      (): never => {
        throw new Error('horse');
      },
    ],
  ])('is 503 when the check %s, with the detail in the log alone', async (_what, readiness) => {
    const { status, body, log } = await ready(readiness);
    expect([status, body]).toEqual([503, { status: 'unavailable', reason: 'readiness check failed' }]);
    expect(log.find(({ level }) => level === 'error')).toMatchObject({ fields: { errorMessage: 'horse' } });
  });

  it('is 503 when the check does not come back', async () => {
    const { status, body } = await ready(() => new Promise(() => undefined), { readinessTimeoutMs: 30 });
    expect([status, body]).toEqual([503, { status: 'unavailable', reason: 'readiness check timed out' }]);
  });

  it('runs one check for all who ask at the same time', async () => {
    const readiness = jest.fn(async () => (await pause(50), { ready: true }));
    const server = await start({ readiness });
    const clients = await Promise.all(Array.from({ length: 5 }, () => server.client()));
    for (const client of clients) client.write(get('/health/ready'));
    for (const client of clients) expect((await client.response()).status).toBe(200);
    expect(readiness).toHaveBeenCalledTimes(1);
  });
});

describe('further routes', () => {
  const metrics = () => Promise.resolve({ status: 200, headers: [], body: 'up 1\n' });
  const routes = new Map([['GET /metrics', metrics]]);

  it('are answered beside the handler', async () => {
    const client = await (await start({ routes })).client();
    client.write(get('/metrics') + get('/metrics', 'POST'));
    expect((await client.response()).body).toBe('up 1\n');
    expect((await client.response()).body).toBe('POST /metrics ');
  });

  it('do not read a body', async () => {
    const server = await start({ routes });
    const client = await server.client();
    client.write('GET /metrics HTTP/1.1\r\nHost: k\r\nContent-Length: 5\r\n\r\nhello');
    const { body, headers } = await client.response();
    expect([body, headers.get('connection')]).toEqual(['up 1\n', 'close']);
    await client.ended();
  });
});
