import { type ResourceLimit, StoresInUse } from '@keywarden/key-service';
import { errorFields } from '@keywarden/telemetry';
import { ContainerModule } from 'inversify';
import { tokens } from './tokens';

/** Custom key stores: which ones this node works with, and what their operations stand on. */
export const keyStoresModule = new ContainerModule(({ bind }) => {
  bind(tokens.keyStores)
    .toResolvedValue(
      (store, secrets, clock, backends, authoriser, randomness, logger, quotas) => {
        const onFault = (fault: unknown): void => logger.error(errorFields(fault), 'custom key store fault');
        const stores = new StoresInUse(store.keyStores, secrets, store.feed, clock, backends, onFault);
        const limit: ResourceLimit = (tenancy) => quotas.resource(tenancy, 'custom-key-stores');
        return { authoriser, repository: store.keyStores, stores, secrets, randomness, clock, limit, onFault };
      },
      [
        tokens.store,
        tokens.secretWrapping,
        tokens.clock,
        tokens.keyStoreBackends,
        tokens.authoriser,
        tokens.randomness,
        tokens.logger,
        tokens.quotaValues,
      ],
    )
    .inSingletonScope();
});
