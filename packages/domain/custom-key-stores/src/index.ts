export {
  type Connection,
  type ConnectionErrorCode,
  type ConnectionState,
  attemptMs,
  connected,
  connectionAt,
  disconnected,
} from './connection';
export {
  type Backing,
  type CloudHsmBacking,
  type CustomKeyStore,
  type CustomKeyStoreName,
  type CustomKeyStoreType,
  type XksBacking,
  type XksProxyConnectivity,
} from './custom-key-store';
export { type StorePlan, checkCollisions, createCustomKeyStore, repeatedCreation } from './create-store';
export {
  type StoreOperation,
  allowedWhile,
  beginConnecting,
  beginDisconnecting,
  checkDeletion,
  endConnecting,
  endDisconnecting,
} from './change-store';
export { type StoreChanges, checkUpdateCollisions, checkedXks, updateCustomKeyStore } from './update-store';
export type {
  CustomKeyStoreHasKeys,
  CustomKeyStoreInState,
  CustomKeyStoreNotFound,
  KeyStoreFailed,
  StoreCollision,
  StoreFailureCause,
  StoreKeyRefusal,
  StoreParameterRefusal,
  StoreSettingsRefusal,
} from './refusals';
export {
  type ClaimedProxy,
  type HealthReport,
  type ProxyCheck,
  type ProxyChecks,
  type ProxyCondition,
  type ProxyHealth,
  type ProxySummary,
  conditionOf,
  noManagers,
  proxyConditions,
} from './proxy-health';
export type {
  CustomKeyStoreRepository,
  IvFields,
  KeyInStore,
  KeyStoreBackend,
  KeyStoreBackends,
  OrphanedKey,
  OrphanedKeys,
  StoreCall,
  StoreCiphertextRefused,
  StoreInUse,
  StoreSealed,
} from './ports';
