export { InMemoryDomainKeys } from './in-memory-domain-keys';
export { InMemoryRootKey } from './in-memory-root-key';
export { domainKeyRepositoryContract } from './domain-key-repository-contract';
export { rootKeyContract } from './root-key-contract';
