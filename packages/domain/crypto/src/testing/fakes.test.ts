import { InMemoryDomainKeys } from './in-memory-domain-keys';
import { InMemoryRootKey } from './in-memory-root-key';
import { domainKeyRepositoryContract } from './domain-key-repository-contract';
import { rootKeyContract } from './root-key-contract';

domainKeyRepositoryContract(() => Promise.resolve(new InMemoryDomainKeys()));
rootKeyContract(() => Promise.resolve(new InMemoryRootKey()));
