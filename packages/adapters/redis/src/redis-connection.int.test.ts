import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { type RedisConnection, RedisUnavailable } from './redis-connection';
import { aClusterOfOne, aConnection, aServer, endAll, ending, until } from './testing/real-redis';

afterEach(endAll);

const ping = (connection: RedisConnection): Promise<string> => connection.run((client) => client.ping());

const pingsAgain = (connection: RedisConnection): Promise<void> =>
  until(() =>
    ping(connection).then(
      () => true,
      () => false,
    ),
  );

it('sends commands once it is connected', async () => {
  const connection = aConnection({ url: (await aServer()).url });
  expect(await connection.settled(5_000)).toBe(true);
  expect(connection.live).toBe(true);
  expect(await ping(connection)).toBe('PONG');
});

it('logs in with the user and password of the URL', async () => {
  const { port } = await aServer({ settings: ['--user', 'keywarden', 'on', '>pa@ss', '~*', '+@all'] });
  const right = aConnection({ url: `redis://keywarden:pa%40ss@127.0.0.1:${port}` });
  expect(await right.settled(5_000)).toBe(true);
  expect(await right.run((client) => client.call('ACL', 'WHOAMI'))).toBe('keywarden');

  const faults: unknown[] = [];
  const wrong = aConnection({ url: `redis://keywarden:other@127.0.0.1:${port}`, onFault: (f) => faults.push(f) });
  await until(() => faults.length > 0);
  expect(wrong.live).toBe(false);
  expect(String(faults[0])).toContain('WRONGPASS');
  expect(String(faults[0])).not.toContain('other');
});

it('refuses commands at once while there is no server, and finds it when it comes', async () => {
  const server = await aServer();
  await server.stop();
  const connection = aConnection({ url: server.url });
  expect(await connection.settled(200)).toBe(false);
  expect(connection.live).toBe(false);
  await expect(ping(connection)).rejects.toThrow(RedisUnavailable);

  await aServer({ port: server.port });
  await pingsAgain(connection);
  expect(connection.live).toBe(true);
});

it('gives commands up when the server is killed under them, and sends none of them twice', async () => {
  const server = await aServer();
  const connection = aConnection({ url: server.url });
  await connection.settled(5_000);
  process.kill(server.pid, 'SIGSTOP');
  const lost = connection.run((client) => client.incr('count'));
  process.kill(server.pid, 'SIGKILL');
  await expect(lost).rejects.toThrow();
  expect(connection.live).toBe(false);

  await aServer({ port: server.port });
  await pingsAgain(connection);
  expect(await connection.run((client) => client.get('count'))).toBeNull();
});

it('gives up a server that is there and silent, and uses it again when it goes on', async () => {
  const server = await aServer();
  const connection = aConnection({ url: server.url, commandTimeoutMs: 200 });
  await connection.settled(5_000);
  process.kill(server.pid, 'SIGSTOP');
  await expect(ping(connection)).rejects.toThrow();
  expect(connection.live).toBe(false);
  // The silent socket is thrown away: then commands are refused without any wait.
  await until(() =>
    ping(connection).then(
      () => false,
      (fault: Error) => fault.cause === undefined,
    ),
  );
  process.kill(server.pid, 'SIGCONT');
  await pingsAgain(connection);
});

it('leaves a server that has become a replica for the one that its name leads to by then', async () => {
  const [former, latter] = [await aServer(), await aServer()];
  let target = former.port;
  const name = createServer((client) => {
    const server = connect(target, '127.0.0.1');
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => name.listen(0, '127.0.0.1', resolve));
  ending.push(async () => void name.close());
  const connection = aConnection({ url: `redis://127.0.0.1:${(name.address() as AddressInfo).port}` });
  await connection.settled(5_000);
  await connection.run((client) => client.set('one', '1'));
  const direct = aConnection({ url: former.url });
  await direct.settled(5_000);
  await direct.run((client) => client.replicaof('127.0.0.1', latter.port));
  target = latter.port;
  await expect(connection.run((client) => client.set('one', '2'))).rejects.toThrow('READONLY');
  await until(() => connection.run((client) => client.set('one', '3')).then(Boolean, () => false));
});

it('works with a cluster', async () => {
  const connection = aConnection({ url: await aClusterOfOne(), cluster: true });
  expect(await connection.settled(10_000)).toBe(true);
  await connection.run((client) => client.set('{a}one', '1'));
  expect(await connection.run((client) => client.get('{a}one'))).toBe('1');
  expect(connection.live).toBe(true);
});

it('checks the certificate of a server reached by rediss', async () => {
  const testdata = join(__dirname, '../../http-server/testdata');
  const cert = join(testdata, 'test-only-cert.pem');
  const files = ['--tls-cert-file', cert, '--tls-key-file', join(testdata, 'test-only-key.pem')];
  const plain = await aServer();
  const tlsPort = plain.port === 65_535 ? 1_024 : plain.port + 1;
  await aServer({ settings: ['--tls-port', String(tlsPort), '--tls-auth-clients', 'no', ...files] });

  const faults: unknown[] = [];
  const wary = aConnection({ url: `rediss://localhost:${tlsPort}`, onFault: (fault) => faults.push(fault) });
  await until(() => faults.length > 0);
  expect(wary.live).toBe(false);
  expect(String(faults[0])).toMatch(/self-signed|unable to verify/);

  const known = getCACertificates('default');
  setDefaultCACertificates([...known, readFileSync(cert, 'utf8')]);
  ending.push(async () => setDefaultCACertificates(known));
  const trusting = aConnection({ url: `rediss://localhost:${tlsPort}` });
  expect(await trusting.settled(5_000)).toBe(true);
  expect(await ping(trusting)).toBe('PONG');
});

it('stays closed', async () => {
  const connection = aConnection({ url: (await aServer()).url });
  await connection.settled(5_000);
  connection.close();
  connection.close();
  expect(connection.live).toBe(false);
  await expect(ping(connection)).rejects.toThrow(RedisUnavailable);
});
