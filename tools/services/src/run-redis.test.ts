import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { startThrowawayRedis } from './run-redis';

async function ask(url: string, command: string): Promise<string> {
  const socket = createConnection({ host: '127.0.0.1', port: Number(new URL(url).port) });
  socket.write(`${command}\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return answer.toString();
}

it('starts a Redis that answers, and ends it with its folder', async () => {
  const redis = await startThrowawayRedis();
  expect(await ask(redis.url, 'SET greeting hello')).toBe('+OK\r\n');
  expect(await ask(redis.url, 'GET greeting')).toBe('$5\r\nhello\r\n');
  const [folder] = (await ask(redis.url, 'CONFIG GET dir')).match(/\/\S*keywarden-redis-\S+/) ?? [];
  expect(existsSync(folder!)).toBe(true);
  await redis.stop();
  expect(existsSync(folder!)).toBe(false);
  await expect(ask(redis.url, 'PING')).rejects.toThrow(/ECONNREFUSED/);
});

it('says which package brings redis-server when it is missing', async () => {
  await expect(startThrowawayRedis({ program: 'redis-server-that-is-not-there' })).rejects.toThrow(
    /apt-get install redis-server/,
  );
});
