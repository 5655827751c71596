import { RedisUrlError, parseRedisUrl } from './redis-url';

const single = { cluster: false };

it('reads host, port, user, password and database', () => {
  expect(parseRedisUrl('redis://keywarden:p%40ss@redis.example:6380/3', single)).toEqual({
    nodes: [{ host: 'redis.example', port: 6380 }],
    username: 'keywarden',
    password: 'p@ss',
    database: 3,
  });
  expect(parseRedisUrl('redis://[::1]', single)).toEqual({ nodes: [{ host: '::1', port: 6379 }], database: 0 });
});

it('takes rediss for TLS that checks the name of the server', () => {
  expect(parseRedisUrl('rediss://redis.example', single).tls).toEqual({
    minVersion: 'TLSv1.2',
    servername: 'redis.example',
  });
});

it('takes several nodes of a cluster', () => {
  const { nodes, password } = parseRedisUrl('redis://:secret@one:7001, redis://:secret@two:7002', { cluster: true });
  expect(nodes).toEqual([
    { host: 'one', port: 7001 },
    { host: 'two', port: 7002 },
  ]);
  expect(password).toBe('secret');
});

it.each([
  ['', single],
  ['http://redis.example', single],
  ['redis://', single],
  ['redis://host/zero', single],
  ['redis://host?enableOfflineQueue=true', single],
  ['redis://u:%E0%A4%A@host', single],
  ['redis://one,redis://two', single],
  ['redis://one/1', { cluster: true }],
  ['redis://:a@one,redis://:b@two', { cluster: true }],
  ['rediss://one,redis://two', { cluster: true }],
])('refuses %j without repeating it', (text, options) => {
  expect(() => parseRedisUrl(text, options)).toThrow(RedisUrlError);
  expect(() => parseRedisUrl(text, options)).toThrow(/^must (?!.*:\/\/\w).*$/);
});
