export { HsmBackend, type HsmBackendOptions, type TokenCluster } from './hsm-backend';
export { TokenRootKeyError, type TokenRootKeyOptions, TokenRootKeyProvider } from './token-root-key-provider';
export { TokenBusy, type TokenHostOptions } from './token-host';
export { pkcs11Library } from './pkcs11-library';
