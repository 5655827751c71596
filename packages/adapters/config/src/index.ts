export { type Configuration, ConfigurationError, readConfiguration, redacted, settingNames } from './configuration';
export {
  type ClusterSettings,
  type EndpointServiceSettings,
  type KeyStoreSettings,
  noKeyStores,
  parseKeyStoresFile,
} from './key-stores-file';
