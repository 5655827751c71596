import { RedisConnection } from '@keywarden/redis';
import type { Cluster } from './cluster';

/** Where the schedulers append events. */
const stream = 'keywarden:events';

/** What receivers of the Redis stream were told, held against what was recorded. */
export class ToldEvents {
  constructor(private readonly cluster: Cluster) {}

  /** Deliveries still to be made. */
  async waiting(): Promise<number> {
    const [row] = await this.cluster.sql('SELECT count(*)::int AS count FROM event_deliveries');
    return Number(row?.['count']);
  }

  /** As if the time of the claims of a scheduler that was killed, and of pauses after failures, had passed. */
  async forgetClaims(): Promise<void> {
    await this.cluster.sql('UPDATE event_deliveries SET due_at = $1', [Date.now()]);
  }

  /**
   * @returns how many events were recorded; the keys whose events are not all in the stream, or first stand there in
   * another order than they happened in
   */
  async compare(): Promise<{ readonly recorded: number; readonly wrong: readonly string[] }> {
    const recorded = await this.cluster.sql('SELECT id, region, key_id FROM key_events ORDER BY sequence');
    const places = await this.#firstPlaces();
    const wrong = new Set<string>();
    const reached = new Map<string, number>();
    for (const { id, region, key_id: keyId } of recorded) {
      const key = `${String(region)} ${String(keyId)}`;
      const place = places.get(String(id)) ?? -1;
      if (place <= (reached.get(key) ?? -1)) wrong.add(key);
      reached.set(key, place);
    }
    return { recorded: recorded.length, wrong: [...wrong] };
  }

  /** Of each event by its id. */
  async #firstPlaces(): Promise<ReadonlyMap<string, number>> {
    const redis = new RedisConnection({
      url: this.cluster.redis.url,
      commandTimeoutMs: 10_000,
      onFault: () => undefined,
    });
    try {
      await redis.settled(10_000);
      const entries = await redis.run((client) => client.xrange(stream, '-', '+'));
      const places = new Map<string, number>();
      for (const [place, [, fields]] of entries.entries()) {
        const id = fields[1] ?? '';
        if (!places.has(id)) places.set(id, place);
      }
      return places;
    } finally {
      redis.close();
    }
  }
}
