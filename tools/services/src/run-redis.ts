import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningService } from './run-postgres';

/** The machine has no `redis-server`, which npm does not bring. */
export class RedisServerMissing extends Error {
  override readonly name = 'RedisServerMissing';

  constructor(options?: ErrorOptions) {
    super(
      'redis-server is not on PATH: install it (Debian and Ubuntu: apt-get install redis-server), ' +
        'or set KEYWARDEN_TEST_REDIS_URL to a running one',
      options,
    );
  }
}

export interface ThrowawayRedisOptions {
  /** Default `redis-server` */
  readonly program?: string;
  /** Default a free one; a given one lets a server come back where another was. */
  readonly port?: number;
  /** Further options of `redis-server`, such as `--cluster-enabled yes`. */
  readonly settings?: readonly string[];
}

export interface RunningRedis extends RunningService {
  readonly port: number;
  /** Of the server process, to send it signals. */
  readonly pid: number;
}

/**
 * Starts a `redis-server` that keeps nothing: loopback only, no snapshot, no log file, a temporary folder.
 *
 * @throws RedisServerMissing when there is no such program
 */
export async function startThrowawayRedis({
  program = 'redis-server',
  port: givenPort,
  settings = [],
}: ThrowawayRedisOptions = {}): Promise<RunningRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'keywarden-redis-'));
  const port = givenPort ?? (await freePort());
  const keepNothing = ['--save', '', '--appendonly', 'no', '--dir', dir];
  const options = ['--port', String(port), '--bind', '127.0.0.1', ...keepNothing, ...settings];
  const child = spawn(program, options, { stdio: 'ignore', detached: true, env: { PATH: process.env['PATH'] } });
  const ended = new Promise<Error | 'ended'>((resolve) => {
    child.once('error', (thrown) => resolve(new RedisServerMissing({ cause: thrown })));
    child.once('exit', () => resolve('ended'));
  });
  const endWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', endWithUs);
  child.unref();
  const stop = async (): Promise<void> => {
    process.off('exit', endWithUs);
    const force = setTimeout(() => child.kill('SIGKILL'), 5000);
    // A server that was stopped by SIGSTOP hears nothing until it goes on.
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      child.kill('SIGCONT');
    }
    await ended;
    clearTimeout(force);
    await rm(dir, { recursive: true, force: true });
  };
  const first = await Promise.race([ended, answersPing(port, 10_000)]);
  if (first === 'pong' && child.pid !== undefined) {
    return { url: `redis://127.0.0.1:${port}`, port, pid: child.pid, stop };
  }
  await stop();
  throw first instanceof Error ? first : new Error(`redis-server on port ${port} ended or did not answer within 10 s`);
}

async function answersPing(port: number, timeoutMs: number): Promise<'pong' | 'silent'> {
  const end = performance.now() + timeoutMs;
  while (performance.now() < end) {
    if (await ping(port)) return 'pong';
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return 'silent';
}

async function ping(port: number): Promise<boolean> {
  const socket = createConnection({ host: '127.0.0.1', port });
  socket.setTimeout(500, () => socket.destroy());
  try {
    socket.write('PING\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString().startsWith('+PONG');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port');
  return address.port;
}
