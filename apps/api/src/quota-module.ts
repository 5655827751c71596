import type { Region } from '@keywarden/kernel';
import { QuotaDirectory } from '@keywarden/key-service';
import {
  AddressLimiter,
  LocalLimiter,
  QuotaValues,
  type RequestLimiter,
  RequestQuotas,
  rateOf,
} from '@keywarden/quotas';
import { type LeasingCounts, RedisConnection, SharedLimiter } from '@keywarden/redis';
import { type Logger, type Metrics, errorFields } from '@keywarden/telemetry';
import { ContainerModule } from 'inversify';
import { tokens } from './tokens';

/** What counts requests: this node, or Redis for all nodes. */
export interface Limiting {
  readonly limiter: RequestLimiter;
  /** Undefined where nodes do not share. */
  readonly counts: () => LeasingCounts | undefined;
  readonly close: () => Promise<void>;
}

const burstSeconds = 10;

/** How often accounts may call, and how much they may have. */
export const quotaModule = new ContainerModule(({ bind }) => {
  bind(tokens.quotaValues)
    .toResolvedValue(({ keyQuota }) => new QuotaValues({ keys: keyQuota }), [tokens.configuration])
    .inSingletonScope();
  bind(tokens.quotaDirectory)
    .toResolvedValue(
      (store, values, logger) =>
        new QuotaDirectory(store.quotas, values, store.feed, (fault) =>
          logger.warn(errorFields(fault), 'the quotas that operators set could not be read'),
        ),
      [tokens.store, tokens.quotaValues, tokens.logger],
    )
    .inSingletonScope()
    .onDeactivation((quotas) => quotas.close());
  bind(tokens.redis)
    .toResolvedValue(
      ({ redis, requestQuotas }, logger) => ({
        connection:
          redis === undefined || requestQuotas === 'off'
            ? undefined
            : new RedisConnection({ ...redis, onFault: (fault) => logger.debug(errorFields(fault), 'Redis fault') }),
      }),
      [tokens.configuration, tokens.logger],
    )
    .inSingletonScope()
    .onDeactivation(({ connection }) => connection?.close());
  bind(tokens.limiting)
    .toResolvedValue(
      ({ connection }, { nodes }, logger): Limiting =>
        connection === undefined ? ownLimiting(nodes) : sharedLimiting(connection, nodes, logger),
      [tokens.redis, tokens.configuration, tokens.logger],
    )
    .inSingletonScope()
    .onDeactivation((limiting) => limiting.close());
  bind(tokens.addresses)
    .toResolvedValue(
      ({ addressFailures: perSecond }) => {
        if (perSecond === 0) return {};
        const failures = { perSecond, burst: perSecond * burstSeconds };
        return { addresses: new AddressLimiter(() => performance.now(), { failures }) };
      },
      [tokens.configuration],
    )
    .inSingletonScope();
  bind(tokens.requestQuotas)
    .toResolvedValue(
      ({ limiter }, values, { requestQuotas, regions }, addresses) => ({
        ...addresses,
        quotas: requestQuotas === 'off' ? undefined : new RequestQuotas(limiter, values, new Set<Region>(regions)),
      }),
      [tokens.limiting, tokens.quotaValues, tokens.configuration, tokens.addresses],
    )
    .inSingletonScope();
});

/** Each node by itself: its share of every quota. */
function ownLimiting(nodes: number): Limiting {
  const own = new LocalLimiter(() => performance.now());
  const limiter: RequestLimiter =
    nodes === 1 ? own : { take: (bucket, { perSecond }, cost) => own.take(bucket, rateOf(perSecond / nodes), cost) };
  return { limiter, counts: () => undefined, close: () => Promise.resolve() };
}

function sharedLimiting(connection: RedisConnection, nodes: number, logger: Logger): Limiting {
  const shared = new SharedLimiter(connection, {
    assumedNodes: nodes,
    onChange: (alone, fault) => {
      if (alone)
        logger.warn(errorFields(fault), 'Redis does not answer: this node admits its share of each request quota');
      else logger.info({}, 'request quotas are shared by all nodes again');
    },
  });
  return { limiter: shared.limiter, counts: () => shared.counts, close: () => shared.close() };
}

/** How requests are counted, and how that goes. */
export function quotaMetrics(
  metrics: Metrics,
  counts: Limiting['counts'],
  addresses: AddressLimiter | undefined,
): void {
  metrics.countedElsewhere(
    {
      name: 'keywarden_addresses_turned_away_total',
      help: 'Requests turned away because their address had failed too often.',
    },
    () => addresses?.turnedAway ?? 0,
  );
  const count = (read: (counts: LeasingCounts) => number) => () => {
    const now = counts();
    return now === undefined ? undefined : read(now);
  };
  metrics.gauge(
    {
      name: 'keywarden_quota_alone',
      help: '1 while this node limits requests by itself although Redis is configured.',
    },
    () => (counts()?.alone === true ? 1 : 0),
  );
  metrics.gauge(
    { name: 'keywarden_quota_nodes', help: 'Nodes that share request quotas, as last heard of.' },
    count(({ nodes }) => nodes),
  );
  metrics.countedElsewhere(
    { name: 'keywarden_quota_leases_total', help: 'Leases of tokens asked of Redis.' },
    () => counts()?.asked ?? 0,
  );
  metrics.countedElsewhere(
    { name: 'keywarden_quota_lease_failures_total', help: 'Leases that Redis did not answer.' },
    () => counts()?.failed ?? 0,
  );
  metrics.countedElsewhere(
    { name: 'keywarden_quota_decided_alone_total', help: 'Requests counted without Redis although it is configured.' },
    () => counts()?.decidedAlone ?? 0,
  );
}
