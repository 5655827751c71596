import type { TransportFault } from './transport-fault';
import { serverPerTest } from './testing/suite';
import { pause } from './testing/test-server';

const start = serverPerTest();

describe('what a server tells of itself', () => {
  it('names each fault that it answered, and none for what the handler answered', async () => {
    const faults: TransportFault[] = [];
    const server = await start({ onFault: (fault) => faults.push(fault), limits: { maxBodyBytes: 4 } });
    const client = await server.client();
    client.write('POST / HTTP/1.1\r\nHost: k\r\nContent-Length: 2\r\n\r\nok');
    expect((await client.response()).status).toBe(200);
    client.write('POST / HTTP/1.1\r\nHost: k\r\nContent-Length: 5\r\n\r\nlarge');
    expect((await client.response()).status).toBe(413);
    const other = await server.client();
    other.write('no request\r\n\r\n');
    expect((await other.response()).status).toBe(400);
    expect(faults).toEqual(['BodyTooLarge', 'MalformedRequest']);
  });

  it('counts connections, calls under way and bytes held', async () => {
    let finish: () => void = () => undefined;
    const server = await start({
      handle: () =>
        new Promise((resolve) => {
          finish = () => resolve({ status: 200, headers: [], body: '' });
        }),
    });
    expect(server.state).toEqual({ connections: 0, handling: 0, bufferedBytes: 0, dropped: 0, failedHandshakes: 0 });
    const client = await server.client();
    client.write('POST / HTTP/1.1\r\nHost: k\r\nContent-Length: 3\r\n\r\nabc');
    while (server.state.handling === 0) await pause(5);
    expect(server.state).toMatchObject({ connections: 1, handling: 1, bufferedBytes: 3 });
    finish();
    await client.response();
    expect(server.state).toMatchObject({ connections: 1, handling: 0, bufferedBytes: 0 });
  });

  it('counts connections that it turned away', async () => {
    const server = await start({ limits: { maxConnections: 1 } });
    await server.client();
    while (server.state.connections === 0) await pause(5);
    await server.client().catch(() => undefined);
    while (server.state.dropped === 0) await pause(5);
    expect(server.state.dropped).toBe(1);
  });
});
