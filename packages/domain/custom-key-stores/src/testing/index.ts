export { aCloudHsmStore, aKeyIn, anXksStore, connectedStore, numberedClusterId, numberedStoreId } from './a-store';
export { type CustomKeyStoreHarness, customKeyStoreContract } from './repository-contract';
