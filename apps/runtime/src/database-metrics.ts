import type { PostgresStore } from '@keywarden/postgres';
import type { Metrics } from '@keywarden/telemetry';

/** The pool of connections and the change feed, as they are at each scrape. */
export function databaseMetrics(metrics: Metrics, store: PostgresStore): void {
  metrics.gauge(
    {
      name: 'keywarden_database_connections',
      help: 'Connections to Postgres in the pool, by what they do.',
      labels: ['state'],
    },
    () => {
      const { total, idle } = store.pool();
      return [
        { labels: { state: 'idle' }, value: idle },
        { labels: { state: 'busy' }, value: total - idle },
      ];
    },
  );
  metrics.gauge(
    { name: 'keywarden_database_connections_limit', help: 'Connections to Postgres that the pool may open.' },
    () => store.pool().limit,
  );
  metrics.gauge(
    { name: 'keywarden_database_waiting', help: 'Calls that wait for a connection to Postgres.' },
    () => store.pool().waiting,
  );
  metrics.gauge(
    {
      name: 'keywarden_change_feed_live',
      help: '1 while changes of other nodes are heard, 0 while caches are unused.',
    },
    () => Number(store.feed.live),
  );
}
