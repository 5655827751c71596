import { type Instant, type Result, accept, refuse } from '@keywarden/kernel';
import { type ConnectionErrorCode, type ConnectionState, connected, connectionAt, disconnected } from './connection';
import type { CustomKeyStore } from './custom-key-store';
import type { CustomKeyStoreHasKeys, CustomKeyStoreInState } from './refusals';

type Decision<R = never> = Result<CustomKeyStore, CustomKeyStoreInState | R>;

export type StoreOperation =
  'ConnectCustomKeyStore' | 'DisconnectCustomKeyStore' | 'DeleteCustomKeyStore' | 'UpdateCustomKeyStore';

/** In which states of the connection each operation is allowed; the first two with no effect where it is done already. */
const allowed: Readonly<Record<StoreOperation, readonly ConnectionState[]>> = {
  ConnectCustomKeyStore: ['DISCONNECTED', 'CONNECTING', 'CONNECTED'],
  DisconnectCustomKeyStore: ['CONNECTED', 'CONNECTING', 'FAILED'],
  DeleteCustomKeyStore: ['DISCONNECTED'],
  UpdateCustomKeyStore: ['DISCONNECTED'],
};

export function allowedWhile(
  operation: StoreOperation,
  store: CustomKeyStore,
  now: Instant,
): Result<ConnectionState, CustomKeyStoreInState> {
  const { state } = connectionAt(store.connection, now);
  return allowed[operation].includes(state)
    ? accept(state)
    : refuse({ code: 'CustomKeyStoreInState', state, operation });
}

/** The attempt itself is made by the node that was asked, after it has answered. */
export function beginConnecting(store: CustomKeyStore, now: Instant): Decision {
  const may = allowedWhile('ConnectCustomKeyStore', store, now);
  if (!may.ok) return may;
  return accept(may.value === 'DISCONNECTED' ? { ...store, connection: { state: 'CONNECTING', since: now } } : store);
}

/**
 * What became of an attempt. It counts only while it is the one that is under way: a store that was disconnected
 * meanwhile stays so.
 *
 * @param since when the attempt began
 */
export function endConnecting(
  store: CustomKeyStore,
  since: Instant,
  outcome: Result<void, ConnectionErrorCode>,
): CustomKeyStore {
  const { connection } = store;
  if (connection.state !== 'CONNECTING' || connection.since !== since) return store;
  return { ...store, connection: outcome.ok ? connected : { state: 'FAILED', error: outcome.refusal } };
}

/** From here on no key of the store is usable; what nodes hold of it is closed afterwards. */
export function beginDisconnecting(store: CustomKeyStore, now: Instant): Decision {
  const may = allowedWhile('DisconnectCustomKeyStore', store, now);
  return may.ok ? accept({ ...store, connection: { state: 'DISCONNECTING', since: now } }) : may;
}

/** @param since when the disconnection began */
export function endDisconnecting(store: CustomKeyStore, since: Instant): CustomKeyStore {
  const { connection } = store;
  if (connection.state !== 'DISCONNECTING' || connection.since !== since) return store;
  return { ...store, connection: disconnected };
}

/** @param keys KMS keys in the store, in any state */
export function checkDeletion(
  store: CustomKeyStore,
  keys: number,
  now: Instant,
): Result<void, CustomKeyStoreInState | CustomKeyStoreHasKeys> {
  const may = allowedWhile('DeleteCustomKeyStore', store, now);
  if (!may.ok) return may;
  return keys === 0 ? accept(undefined) : refuse({ code: 'CustomKeyStoreHasKeys' });
}
