import { InMemoryDomainKeys } from './in-memory-domain-keys';
import { InMemoryProviders } from './in-memory-providers';
import { InMemoryRootKey, inMemoryRootKeys } from './in-memory-root-key';
import { domainKeyRepositoryContract } from './domain-key-repository-contract';
import { rootKeyContract } from './root-key-contract';
import { rootKeyProviderContract } from './root-key-provider-contract';

domainKeyRepositoryContract(() => Promise.resolve(new InMemoryDomainKeys()));
rootKeyContract(() => Promise.resolve(new InMemoryRootKey()), inMemoryRootKeys);

let count = 0;
const providers = new InMemoryProviders();
rootKeyProviderContract({
  provider: () => Promise.resolve(providers.provider('passphrase', `word ${(count += 1)}`)),
  wrapperFor: providers.wrapperFor,
});
