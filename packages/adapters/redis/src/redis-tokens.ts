import { createHash } from 'node:crypto';
import type { Rate } from '@keywarden/quotas';
import type { RedisClient, RedisConnection } from './redis-connection';

/** What a bucket that all nodes share gave. */
export interface Grant {
  /** Whole tokens, at most as many as were wanted. */
  readonly granted: number;
  /** Milliseconds until the bucket holds another; 0 when it gave all that was wanted. */
  readonly waitMs: number;
}

/** Where the buckets are that all nodes share. */
export interface TokenSource {
  /** @throws when nobody can tell; then tokens may have been taken or not */
  take(bucket: string, rate: Rate, wanted: number): Promise<Grant>;
}

/** A script that Redis keeps under its hash; sent again whenever Redis has forgotten it, as after a restart. */
export class RedisScript {
  readonly #hash: string;

  constructor(private readonly source: string) {
    this.#hash = createHash('sha1').update(source).digest('hex');
  }

  async run(client: RedisClient, key: string, ...parameters: readonly (string | number)[]): Promise<unknown> {
    try {
      return await client.evalsha(this.#hash, 1, key, ...parameters);
    } catch (fault) {
      if (!(fault instanceof Error && fault.message.startsWith('NOSCRIPT'))) throw fault;
      return client.eval(this.source, 1, key, ...parameters);
    }
  }
}

/**
 * GCRA as `spend` in @keywarden/quotas has it, but takes as many whole tokens as there are. A bucket is the instant at
 * which it is full again, in whole microseconds of Redis's own clock, rounded up; a full one is no key at all. What is
 * there and is no instant, of whatever type, is somebody else's: it is replaced by an empty bucket.
 */
const takeTokens = new RedisScript(`
local per_second, burst, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local per_token = 1000000 / per_second
local emptied = now + math.ceil(burst * per_token)
local stored = redis.pcall('GET', KEYS[1])
local held = tonumber(type(stored) ~= 'table' and (stored or 0) or nil)
if not held or held ~= held then
  redis.call('DEL', KEYS[1])
  held = emptied
end
local full_at = math.min(math.max(held, now), emptied)
local granted = math.min(wanted, math.floor((emptied - full_at) / per_token + 0.000001))
local wait = 0
if granted < wanted then
  wait = math.ceil(full_at + (granted + 1) * per_token - emptied)
end
full_at = math.min(full_at + math.ceil(granted * per_token), emptied)
if (full_at ~= held or full_at == emptied) and full_at > now then
  redis.call('SET', KEYS[1], string.format('%.0f', full_at), 'PX', math.ceil((full_at - now) / 1000))
end
return { granted, wait }
`);

/** Buckets in Redis: one atomic script a call, by Redis's clock, and one key a bucket, so that any cluster node will do. */
export class RedisTokens implements TokenSource {
  constructor(private readonly redis: RedisConnection) {}

  async take(bucket: string, rate: Rate, wanted: number): Promise<Grant> {
    const answer = await this.redis.run((client) =>
      takeTokens.run(client, `keywarden:quota:{${bucket}}`, rate.perSecond, rate.burst, wanted),
    );
    const [granted, waitMicros] = Array.isArray(answer) ? (answer as readonly unknown[]) : [];
    if (typeof granted !== 'number' || typeof waitMicros !== 'number') throw new Error('Redis answered no grant');
    return { granted, waitMs: waitMicros / 1_000 };
  }
}
