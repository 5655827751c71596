import type { CredentialDirectory } from '@keywarden/identity-service';
import type { KeyDirectory } from '@keywarden/key-service';
import type { LaneState, SlowWork, UnwrappedMaterials } from '@keywarden/node-crypto';
import type { Metrics } from '@keywarden/telemetry';

interface NodeParts {
  readonly directory: Pick<KeyDirectory, 'counts'>;
  readonly credentials: Pick<CredentialDirectory, 'counts'>;
  readonly unwrapped: Pick<UnwrappedMaterials, 'counts'>;
  readonly slowWork: Pick<SlowWork, 'threadPool' | 'workers'>;
}

/** What an API node holds in memory, and how busy its slow cryptography is. */
export function nodeMetrics(metrics: Metrics, parts: NodeParts): void {
  cacheMetrics(metrics, parts);
  cryptoMetrics(metrics, parts);
}

function cacheMetrics(metrics: Metrics, { directory, credentials, unwrapped }: NodeParts): void {
  const caches = () =>
    Object.entries({ ...directory.counts, credentials: credentials.counts, materials: unwrapped.counts });
  metrics.countedElsewhere(
    {
      name: 'keywarden_cache_lookups_total',
      help: 'Look-ups of keys, aliases, credentials and unwrapped materials, by whether they were in memory.',
      labels: ['cache', 'result'],
    },
    () =>
      caches().flatMap(([cache, { hits, misses }]) => [
        { labels: { cache, result: 'hit' }, value: hits },
        { labels: { cache, result: 'miss' }, value: misses },
      ]),
  );
  metrics.gauge({ name: 'keywarden_cache_entries', help: 'What is held in memory.', labels: ['cache'] }, () =>
    caches().map(([cache, { entries }]) => ({ labels: { cache }, value: entries })),
  );
}

function cryptoMetrics(metrics: Metrics, { slowWork }: NodeParts): void {
  const lanes = <T>(show: (state: LaneState, lane: string) => T): T[] =>
    Object.entries({ threads: slowWork.threadPool.state, workers: slowWork.workers.state }).map(([lane, state]) =>
      show(state, lane),
    );
  metrics.gauge(
    {
      name: 'keywarden_crypto_tasks',
      help: 'Slow cryptographic operations that run or wait, on the thread pool and in worker threads.',
      labels: ['lane', 'state'],
    },
    () =>
      lanes(({ running, waiting }, lane) => [
        { labels: { lane, state: 'running' }, value: running },
        { labels: { lane, state: 'waiting' }, value: waiting },
      ]).flat(),
  );
  metrics.countedElsewhere(
    {
      name: 'keywarden_crypto_refused_total',
      help: 'Slow cryptographic operations refused because too many waited, or too long.',
      labels: ['lane'],
    },
    () => lanes(({ refused: value }, lane) => ({ labels: { lane }, value })),
  );
}
