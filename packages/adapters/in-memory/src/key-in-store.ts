import type { OrphanedKey } from '@keywarden/custom-key-stores';
import { type Result, accept, refuse } from '@keywarden/kernel';
import type { KeyStoreRefusal, KmsKey } from '@keywarden/keys';
import type { Tables } from './tables';

/** The key as it is now: what depends on its custom key store is taken from there. */
export function withStore(tables: Tables, key: KmsKey): KmsKey {
  const store = key.keyStore && tables.keyStores.get(key.keyStore.id);
  if (key.keyStore === undefined || store === undefined) return key;
  const { backing, connection } = store;
  return {
    ...key,
    keyStore: {
      id: store.id,
      connected: connection.state === 'CONNECTED',
      ...(backing.type === 'AWS_CLOUDHSM' && { cloudHsmClusterId: backing.clusterId }),
      ...(key.keyStore.xksKeyId !== undefined && { xksKeyId: key.keyStore.xksKeyId }),
    },
  };
}

/** Does the custom key store take a new key? */
export function checkNewInStore(tables: Tables, { keyStore }: KmsKey): Result<void, KeyStoreRefusal> {
  if (keyStore === undefined) return accept(undefined);
  const { id, xksKeyId } = keyStore;
  if (tables.keyStores.get(id)?.connection.state !== 'CONNECTED') {
    return refuse({ code: 'KeyStoreNotConnected', keyStoreId: id });
  }
  const taken = [...tables.keys.values()].some(
    (key) => xksKeyId !== undefined && key.keyStore?.id === id && key.keyStore.xksKeyId === xksKeyId,
  );
  return taken && xksKeyId !== undefined ? refuse({ code: 'XksKeyInUse', xksKeyId }) : accept(undefined);
}

/** What is left in the token of a key that was deleted. */
export function orphanOf(tables: Tables, key: KmsKey): OrphanedKey | undefined {
  const store = key.keyStore && tables.keyStores.get(key.keyStore.id);
  if (store?.backing.type !== 'AWS_CLOUDHSM') return undefined;
  const { account, region, id: keyId, state } = key;
  const deletedAt = state.kind === 'PendingDeletion' ? state.deletionDate : key.createdAt;
  const { clusterId } = store.backing;
  return { account, region, keyId, storeId: store.id, clusterId, deletedAt, attempts: 0 };
}
