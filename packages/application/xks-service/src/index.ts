export {
  type ExternalKey,
  type XksCredential,
  type XksStore,
  externalKeyOf,
  mostExternalKeys,
  mostXksCredentials,
} from './xks-store';
export type { XksStoreNotFound, XksStoreRefusal } from './xks-refusals';
export type { XksStoreRepository } from './xks-store-repository';
export { type XksAuthenticationCredential, xksSecretPlace } from './xks-credentials';
export { type NewXksStore, XksStoreAdministration, type XksStoreParts } from './xks-store-administration';
export { XksIdentities, xksSecrets } from './xks-identities';
export { type ExternalKeyMetadata, type ExternalKeyRefusal, ExternalKeys } from './external-keys';
export { InMemoryXksStores } from './in-memory-xks-stores';
