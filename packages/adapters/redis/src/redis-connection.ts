import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { type RedisTarget, parseRedisUrl } from './redis-url';

export interface RedisConnectionOptions {
  /** `REDIS_URL`; for a cluster a comma list of some of its nodes. */
  readonly url: string;
  /** The servers are a Redis Cluster. */
  readonly cluster?: boolean;
  /** Milliseconds for a TCP and TLS handshake. Default 2,000 */
  readonly connectTimeoutMs?: number;
  /** Milliseconds after which a command is given up. Default 500 */
  readonly commandTimeoutMs?: number;
  /** Told of every fault of a connection and of every command that failed; must not throw. */
  readonly onFault?: (fault: unknown) => void;
}

/** What commands are sent to: a single server or a cluster, which take the same ones. */
export type RedisClient = Redis | Cluster;

/** Redis is not there or does not answer: the caller goes on without it. */
export class RedisUnavailable extends Error {
  override readonly name = 'RedisUnavailable';
}

const longestPauseMs = 2_000;
/** Of a socket that takes commands and answers none, until it is thrown away for a new one. */
const silentSocketCommands = 3;

/**
 * A connection to Redis that never makes anybody wait for long: a command is refused at once while there is no
 * connection, and given up after its timeout; nothing is queued for later and nothing is sent twice. It reconnects for
 * ever, at most every two seconds.
 */
export class RedisConnection {
  readonly #client: RedisClient;
  readonly #commandTimeoutMs: number;
  readonly #onFault: (fault: unknown) => void;
  /** The last command that was tried did not fail. */
  #answering = true;
  #closed = false;

  constructor(options: RedisConnectionOptions) {
    const { connectTimeoutMs = 2_000, commandTimeoutMs = 500, cluster = false } = options;
    this.#commandTimeoutMs = commandTimeoutMs;
    this.#onFault = options.onFault ?? (() => undefined);
    const target = parseRedisUrl(options.url, { cluster });
    const common = commonOptions(target, connectTimeoutMs, commandTimeoutMs);
    this.#client = cluster ? clusterOf(target, common) : serverOf(target, common);
    this.#client.on('error', (fault: unknown) => this.#failed(fault));
  }

  /** Connected, and the last command was answered. False does not mean that trying is useless. */
  get live(): boolean {
    return this.#answering && this.#connected();
  }

  /** Resolves when the first connection stands or the time is over, whichever comes first; never rejects. */
  async settled(timeoutMs: number): Promise<boolean> {
    if (this.#connected()) return true;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    const ready = (): void => resolve();
    this.#client.once('ready', ready);
    await promise;
    clearTimeout(timer);
    this.#client.off('ready', ready);
    return this.#connected();
  }

  /**
   * Sends commands, and gives up after the command timeout whatever the client does.
   *
   * @throws RedisUnavailable when there is no connection or no answer in time, in which case the commands may have
   *   been done or not; the ReplyError of the client when Redis refused them
   */
  async run<T>(commands: (client: RedisClient) => Promise<T>): Promise<T> {
    if (!this.#connected()) throw new RedisUnavailable('there is no connection to Redis');
    const deadline = Promise.withResolvers<never>();
    const timer = setTimeout(() => deadline.reject(new Error('the time is over')), this.#commandTimeoutMs);
    try {
      const answer = await Promise.race([commands(this.#client), deadline.promise]);
      this.#answering = true;
      return answer;
    } catch (fault) {
      this.#failed(fault);
      throw refusedByRedis(fault) ? fault : new RedisUnavailable('Redis did not answer', { cause: fault });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the connection; commands under way are given up. */
  close(): void {
    this.#closed = true;
    this.#client.disconnect();
  }

  #connected(): boolean {
    return !this.#closed && this.#client.status === 'ready';
  }

  #failed(fault: unknown): void {
    this.#answering = false;
    if (!this.#closed) this.#onFault(fault);
  }
}

function commonOptions(target: RedisTarget, connectTimeoutMs: number, commandTimeoutMs: number): RedisOptions {
  return {
    ...(target.username !== undefined && { username: target.username }),
    ...(target.password !== undefined && { password: target.password }),
    ...(target.tls !== undefined && { tls: target.tls }),
    connectTimeout: connectTimeoutMs,
    commandTimeout: commandTimeoutMs,
    socketTimeout: silentSocketCommands * commandTimeoutMs,
    // A command whose answer got lost may have been done: nothing is ever sent a second time.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    // After a failover the server at the other end may be a replica, for ever: the name leads to another one by then.
    reconnectOnError: ({ message }) => message.startsWith('READONLY'),
    connectionName: 'keywarden',
  };
}

const refusedByRedis = (fault: unknown): boolean => fault instanceof Error && fault.name === 'ReplyError';

const pause = (attempt: number): number => Math.min(50 * 2 ** Math.min(attempt, 6), longestPauseMs);

function serverOf({ nodes: [{ host, port }], database }: RedisTarget, common: RedisOptions): Redis {
  return new Redis({ ...common, host, port, db: database, enableOfflineQueue: false, retryStrategy: pause });
}

function clusterOf({ nodes }: RedisTarget, common: RedisOptions): Cluster {
  return new Cluster([...nodes], {
    enableOfflineQueue: false,
    clusterRetryStrategy: pause,
    clusterNodeRetryStrategy: pause,
    maxRedirections: 4,
    slotsRefreshTimeout: common.commandTimeout,
    redisOptions: common,
  });
}
