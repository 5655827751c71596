import type { KeyStoreBackend } from '@keywarden/custom-key-stores';
import { storeSecretPlace } from '@keywarden/key-service';
import { OrphanedTokenKeys } from '@keywarden/key-stores';
import { NodeSecretWrapping } from '@keywarden/node-crypto';
import { type Foundation, systemClock } from '@keywarden/runtime';
import { type Logger, errorFields } from '@keywarden/telemetry';

/**
 * Destroys the token keys of KMS keys that are gone.
 *
 * @returns does what is due; never rejects, so that a database or token that fails does not keep other work from being done
 */
export function tokenCleaning(
  { store, domainKeys }: Foundation,
  tokens: KeyStoreBackend,
  logger: Logger,
): () => Promise<void> {
  const secrets = new NodeSecretWrapping(domainKeys);
  const work = new OrphanedTokenKeys(
    store.orphanedKeys,
    store.keyStores,
    async (keyStore) => ({
      store: keyStore,
      secret: await secrets.unwrap(storeSecretPlace(keyStore), keyStore.wrappedSecret),
    }),
    tokens,
    systemClock,
    ({ keyId, clusterId }, fault) =>
      logger.error({ keyId, clusterId, ...errorFields(fault) }, 'a key in a token could not be destroyed'),
  );
  return async () => {
    try {
      const destroyed = await work.tick();
      if (destroyed > 0) logger.info({ destroyed }, 'keys in tokens destroyed');
    } catch (fault) {
      logger.error(errorFields(fault), 'keys in tokens could not be destroyed');
    }
  };
}
