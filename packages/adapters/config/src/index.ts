export { ConfigurationError } from './configuration-error';
export { type Configuration, readConfiguration, redacted, settingNames } from './configuration';
export { type RootKeyProviderName, type RootKeySettings, rootKeyProviderNames } from './root-key-settings';
export {
  type ClusterSettings,
  type EndpointServiceSettings,
  type ClientCertificateFiles,
  type KeyStoreSettings,
  noKeyStores,
  parseKeyStoresFile,
} from './key-stores-file';
