export type { CacheBounds } from './bounded-cache';
export { DomainKeyUnusableError, DomainKeys, type DomainKeysOptions } from './domain-keys';
export { MaterialUnusableError, UnwrappedMaterials, type UnwrappedMaterialsOptions } from './unwrapped-materials';
export { type RootKeyMismatch, verifyRootKey } from './verify-root-key';
export { NodeMaterialFactory } from './node-material-factory';
export { NodeRandomness } from './node-randomness';
export { NodeSecretSource } from './node-secret-source';
export { NodeSecretWrapping } from './node-secret-wrapping';
export { NodeSymmetricEncryption } from './node-symmetric-encryption';
