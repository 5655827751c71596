import { setTimeout as delay } from 'node:timers/promises';
import { conditionOf } from '@keywarden/custom-key-stores';
import { storeSecretPlace } from '@keywarden/key-service';
import { ProxyHealthChecks } from '@keywarden/key-stores';
import { runMaintenance } from '@keywarden/maintenance';
import { NodeRandomness, NodeSecretWrapping } from '@keywarden/node-crypto';
import { type Foundation, type OpenedKeyStores, type Running, systemClock } from '@keywarden/runtime';
import { type Logger, errorFields } from '@keywarden/telemetry';
import { proxyMetrics } from './proxy-metrics';

/** A store that was connected just now is looked at within so long. */
const mostPauseMs = 10_000;

/** Looks after the proxies of external key stores, by turns with the other schedulers. */
export function startProxyWatch(
  { store, domainKeys, metrics, tracing }: Foundation,
  { proxies, healthCheckMs }: Pick<OpenedKeyStores, 'proxies' | 'healthCheckMs'>,
  logger: Logger,
): Running {
  const secrets = new NodeSecretWrapping(domainKeys);
  const count = proxyMetrics(metrics, store.proxyChecks, systemClock, healthCheckMs);
  const work = new ProxyHealthChecks(
    {
      checks: store.proxyChecks,
      proxies,
      open: async (keyStore) => ({
        store: keyStore,
        secret: await secrets.unwrap(storeSecretPlace(keyStore), keyStore.wrappedSecret),
      }),
      clock: systemClock,
      randomness: new NodeRandomness(),
      onChecked: ({ id, account, region }, report, before) => {
        const condition = conditionOf(report);
        count(condition);
        if (condition === before) return;
        const fields = { customKeyStoreId: id, account, region, condition, failure: report.failure, before };
        if (condition !== 'healthy') logger.warn(fields, 'an XKS proxy is not well');
        else if (before !== undefined) logger.info(fields, 'an XKS proxy is well again');
      },
      onFault: ({ id, account, region }, fault) =>
        logger.error(
          { customKeyStoreId: id, account, region, ...errorFields(fault) },
          'an XKS proxy could not be looked at',
        ),
    },
    healthCheckMs,
  );
  const stop = new AbortController();
  const loop = runMaintenance(
    { tick: () => tracing.job('proxy health', () => work.tick()) },
    // An abort ends the pause early; that is no fault.
    (milliseconds, signal) => delay(milliseconds, undefined, { signal }).catch(() => undefined),
    { intervalMs: Math.min(mostPauseMs, healthCheckMs / 2) },
    stop.signal,
    (outcome) => {
      if ('fault' in outcome) logger.error(errorFields(outcome.fault), 'XKS proxies could not be looked at');
    },
  );
  return {
    close: async () => {
      stop.abort();
      await loop;
    },
  };
}
