import { randomUUID } from 'node:crypto';
import type { RedisConnection } from './redis-connection';
import { RedisScript } from './redis-tokens';

const key = 'keywarden:{nodes}';
/** A node that was not heard of for so long is gone. */
const forgottenAfterMs = 5_000;
/** Counts that are looked back on: a Redis that has just restarted has heard of few. */
const remembered = 5;

const beat = new RedisScript(`
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local kind = redis.call('TYPE', KEYS[1])['ok']
if kind ~= 'zset' and kind ~= 'none' then redis.call('DEL', KEYS[1]) end
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[2]))
redis.call('ZREMRANGEBYSCORE', KEYS[1], '(' .. now, '+inf')
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('ZCARD', KEYS[1])
`);

/** How many nodes work with this Redis, found out by each of them calling every second. */
export class LiveNodes {
  readonly #id = randomUUID();
  #counts: readonly number[] = [];

  constructor(private readonly redis: RedisConnection) {}

  /** The most nodes there were at the last calls that Redis answered; undefined before the first. */
  get known(): number | undefined {
    return this.#counts.length === 0 ? undefined : Math.max(...this.#counts);
  }

  /** Tells Redis that this node is there. @throws when Redis does not answer */
  async beat(): Promise<void> {
    const count = await this.redis.run((client) => beat.run(client, key, this.#id, forgottenAfterMs));
    if (typeof count !== 'number') throw new Error('Redis answered no count');
    this.#counts = [count, ...this.#counts].slice(0, remembered);
  }

  /** Tells Redis that this node goes. */
  async leave(): Promise<void> {
    await this.redis.run((client) => client.zrem(key, this.#id));
  }
}
