export { aCloudHsmStore, aKeyIn, anXksStore, connectedStore, numberedClusterId, numberedStoreId } from './a-store';
export { type CustomKeyStoreHarness, customKeyStoreContract } from './repository-contract';
export { FakeBackend } from './fake-backend';
export { type BackendHarness, aCall, aStoreKey, keyStoreBackendContract } from './backend-contract';
export { type ProxyChecksHarness, proxyChecksContract } from './proxy-checks-contract';
