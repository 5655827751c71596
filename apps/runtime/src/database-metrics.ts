import type { PostgresStore } from '@keywarden/postgres';
import type { Metrics } from '@keywarden/telemetry';

/** The pool of connections, the lease on what is held in memory, and changes that wait for other nodes. */
export function databaseMetrics(metrics: Metrics, store: PostgresStore): void {
  poolMetrics(metrics, store);
  leaseMetrics(metrics, store);
  revocationMetrics(metrics, store);
}

function poolMetrics(metrics: Metrics, store: PostgresStore): void {
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
}

function leaseMetrics(metrics: Metrics, { feed }: PostgresStore): void {
  metrics.gauge(
    {
      name: 'keywarden_change_feed_live',
      help: '1 while changes of other nodes are heard, 0 while caches are unused.',
    },
    () => Number(feed.live),
  );
  metrics.gauge(
    {
      name: 'keywarden_cache_lease_remaining_seconds',
      help: 'How long what is held in memory may still be used if nothing is heard; 0 while it may not.',
    },
    () => feed.leaseRemainingMs / 1_000,
  );
}

/** Changes are answered once no node honours what was before them (docs/decisions). */
function revocationMetrics(metrics: Metrics, { revocations }: PostgresStore): void {
  metrics.gauge(
    { name: 'keywarden_changes_waiting', help: 'Committed changes whose answers wait for other nodes.' },
    () => revocations.figures.waiting,
  );
  metrics.countedElsewhere(
    { name: 'keywarden_changes_settled_total', help: 'Changes that every node has dropped its older copies for.' },
    () => revocations.figures.answered,
  );
  metrics.countedElsewhere(
    { name: 'keywarden_changes_settling_seconds_total', help: 'Time that changes have waited for other nodes.' },
    () => revocations.figures.totalMs / 1_000,
  );
  metrics.gauge(
    { name: 'keywarden_changes_longest_settling_seconds', help: 'The longest such wait since the start.' },
    () => revocations.figures.longestMs / 1_000,
  );
}
