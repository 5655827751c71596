export { InMemoryDomainKeys } from './in-memory-domain-keys';
export { InMemoryRootKey } from './in-memory-root-key';
export { domainKeyRepositoryContract } from './domain-key-repository-contract';
export { rootKeyContract } from './root-key-contract';
export { type SymmetricEncryptionHarness, symmetricEncryptionContract } from './symmetric-encryption-contract';
