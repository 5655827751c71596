import type { ConnectionOptions } from 'node:tls';

/** Where a Redis is and how to log in, read from `REDIS_URL`. */
export interface RedisTarget {
  /** One of a single server; any of a cluster, which names the others. */
  readonly nodes: readonly [RedisNode, ...RedisNode[]];
  readonly username?: string;
  readonly password?: string;
  /** Always 0 in a cluster. */
  readonly database: number;
  readonly tls?: ConnectionOptions;
}

export interface RedisNode {
  readonly host: string;
  /** 1 to 65535 */
  readonly port: number;
}

/** `REDIS_URL` cannot be used. The message never holds the URL, which may hold a password. */
export class RedisUrlError extends Error {
  override readonly name = 'RedisUrlError';
}

const defaultPort = 6379;
const highestDatabase = 1_000_000;

/**
 * Reads one URL, or for a cluster a comma list of them: `redis://` or `rediss://` (TLS), user, password, host, port
 * and database number. Parameters behind a `?` are refused, since a client might take them for options.
 *
 * @throws RedisUrlError with one line
 */
export function parseRedisUrl(text: string, { cluster }: { readonly cluster: boolean }): RedisTarget {
  const [first, ...others] = text.split(',').map((part) => parseOne(part.trim()));
  if (first === undefined) throw new RedisUrlError('must be a redis:// or rediss:// URL');
  if (others.length > 0 && !cluster) throw new RedisUrlError('must be a single URL unless it names a cluster');
  if (cluster && first.database !== 0) throw new RedisUrlError('must not name a database of a cluster');
  const { host, port, ...rest } = first;
  const alike = others.every((other) => sameLogin(other, first));
  if (!alike) throw new RedisUrlError('must name nodes of one cluster with the same user, password and scheme');
  return { ...rest, nodes: [{ host, port }, ...others.map((other) => ({ host: other.host, port: other.port }))] };
}

type One = Omit<RedisTarget, 'nodes'> & RedisNode;

function parseOne(text: string): One {
  if (!/^rediss?:\/\//.test(text) || !URL.canParse(text)) {
    throw new RedisUrlError('must be a redis:// or rediss:// URL');
  }
  const url = new URL(text);
  if (url.hostname === '') throw new RedisUrlError('must name a host');
  if (url.search !== '' || url.hash !== '') throw new RedisUrlError('must not have parameters');
  const database = url.pathname === '' || url.pathname === '/' ? 0 : Number(url.pathname.slice(1));
  if (!Number.isInteger(database) || database < 0 || database > highestDatabase) {
    throw new RedisUrlError('must name a database by its number');
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return {
    host,
    port: url.port === '' ? defaultPort : Number(url.port),
    database,
    ...(url.username !== '' && { username: decoded(url.username) }),
    ...(url.password !== '' && { password: decoded(url.password) }),
    ...(url.protocol === 'rediss:' && { tls: { minVersion: 'TLSv1.2', servername: isName(host) ? host : undefined } }),
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new RedisUrlError('must have its user and password percent-encoded');
  }
}

const isName = (host: string): boolean => !/^[\d.]+$/.test(host) && !host.includes(':');

const sameLogin = (one: One, other: One): boolean =>
  one.username === other.username &&
  one.password === other.password &&
  one.database === other.database &&
  (one.tls === undefined) === (other.tls === undefined);
