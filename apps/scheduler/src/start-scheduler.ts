import { setTimeout as delay } from 'node:timers/promises';
import type { Configuration } from '@keywarden/config';
import { KeyMaintenance, runMaintenance } from '@keywarden/maintenance';
import { NodeMaterialFactory, SlowWork } from '@keywarden/node-crypto';
import { type Foundation, type Running, openKeyStores, systemClock } from '@keywarden/runtime';
import { type Logger, errorFields } from '@keywarden/telemetry';
import { Container, ContainerModule, type ServiceIdentifier } from 'inversify';
import { deadlineMetrics } from './deadline-metrics';
import { startEventRelay } from './event-relay';
import { startAuditWork } from './audit-work';
import { startProxyWatch } from './proxy-watch';
import { tokenCleaning } from './token-cleaning';
import { schedulerMetrics } from './scheduler-metrics';

const maintenanceToken: ServiceIdentifier<KeyMaintenance> = Symbol('KeyMaintenance');

const options = { batch: 200, parallel: 8, leaseMs: 60_000, backOff: { firstMs: 60_000, mostMs: 3_600_000 } };

const maintenanceModule = (
  { maxClockDifferenceMs }: Configuration,
  foundation: Foundation,
  slowWork: SlowWork,
  logger: Logger,
): ContainerModule =>
  new ContainerModule(({ bind }) => {
    bind(maintenanceToken)
      .toResolvedValue(() => {
        const { store, domainKeys } = foundation;
        const materials = new NodeMaterialFactory(domainKeys, slowWork);
        const limits = { ...options, maxClockDifferenceMs };
        return new KeyMaintenance(store.dueKeys, store.keys, materials, systemClock, limits, (name, fault) =>
          logger.error({ keyId: name.id, region: name.region, ...errorFields(fault) }, 'maintenance of a key failed'),
        );
      })
      .inSingletonScope();
  });

/**
 * Starts the scheduler on a foundation, which stays the caller's to close.
 *
 * @throws StartupError with one line when it cannot work as it is configured
 */
export async function startScheduler(
  configuration: Configuration,
  foundation: Foundation,
  logger: Logger,
): Promise<Running> {
  const keyStores = await openKeyStores(configuration, foundation.store, logger);
  const clean = tokenCleaning(foundation, keyStores.backends.AWS_CLOUDHSM, logger);
  const container = new Container();
  const slowWork = new SlowWork();
  container.load(maintenanceModule(configuration, foundation, slowWork, logger));
  const count = schedulerMetrics(foundation.metrics, foundation.store.dueKeys, systemClock);
  deadlineMetrics(foundation.metrics, foundation.store.dueKeys, systemClock);
  const relay = await startEventRelay(configuration, foundation, logger);
  const auditWork = startAuditWork(configuration, foundation, logger);
  const proxyWatch = startProxyWatch(foundation, keyStores, logger);
  const stop = new AbortController();
  const maintenance = container.get(maintenanceToken);
  const loop = runMaintenance(
    {
      tick: async () => {
        const report = await foundation.tracing.job('maintenance', () => maintenance.tick());
        await clean();
        return report;
      },
    },
    // An abort ends the pause early; that is no fault.
    (milliseconds, signal) => delay(milliseconds, undefined, { signal }).catch(() => undefined),
    { intervalMs: configuration.schedulerIntervalMs },
    stop.signal,
    (outcome) => {
      count(outcome);
      if ('fault' in outcome) logger.error(errorFields(outcome.fault), 'maintenance could not run');
      else if (outcome.done + outcome.failed > 0) {
        logger.info({ done: outcome.done, failed: outcome.failed }, 'maintenance done');
      }
    },
  );
  return {
    close: async () => {
      stop.abort();
      await Promise.all([loop, relay.close(), proxyWatch.close()]);
      await auditWork.close();
      await slowWork.close();
      await keyStores.close();
    },
  };
}
