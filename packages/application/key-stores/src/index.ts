export type { KeyStoresRefusal } from './refusals';
export type { KeyStoreParts } from './parts';
export type { BackingMembers, XksCredential } from './store-parameters';
export { type CreateCustomKeyStore, CreateCustomKeyStoreHandler } from './create-custom-key-store';
export { type UpdateCustomKeyStore, UpdateCustomKeyStoreHandler } from './update-custom-key-store';
export {
  type CustomKeyStoreEntry,
  type CustomKeyStoreList,
  type DescribeCustomKeyStores,
  DescribeCustomKeyStoresHandler,
} from './describe-custom-key-stores';
export { type OneStore, StoreConnectionHandlers } from './store-connections';
export { ProxyHealthChecks, type ProxyHealthParts } from './proxy-health-checks';
export { OrphanedTokenKeys } from './orphaned-token-keys';
