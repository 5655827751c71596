import { emptyIdentityTables } from './identity-tables';
import { InMemoryAccessKeyRepository } from './in-memory-access-key-repository';
import { InMemoryAliasRepository } from './in-memory-alias-repository';
import { InMemoryChangeFeed } from './in-memory-change-feed';
import { InMemoryDomainKeyRepository } from './in-memory-domain-key-repository';
import { InMemoryDueKeys } from './in-memory-due-keys';
import { InMemoryGrantRepository } from './in-memory-grant-repository';
import { InMemoryIdentityRepository } from './in-memory-identity-repository';
import { InMemoryKeyRepository } from './in-memory-key-repository';
import { InMemoryPrincipalRepository } from './in-memory-principal-repository';
import { emptyTables } from './tables';

/** All repositories over one store that lives as long as the process. */
export interface InMemoryStore {
  readonly keys: InMemoryKeyRepository;
  readonly aliases: InMemoryAliasRepository;
  readonly grants: InMemoryGrantRepository;
  readonly feed: InMemoryChangeFeed;
  readonly identity: InMemoryIdentityRepository;
  readonly principals: InMemoryPrincipalRepository;
  readonly accessKeys: InMemoryAccessKeyRepository;
  readonly domainKeys: InMemoryDomainKeyRepository;
  readonly dueKeys: InMemoryDueKeys;
}

/**
 * An empty store.
 *
 * @param onFault told of what subscribers of the feed throw
 */
export function openInMemory(onFault: (error: unknown) => void = () => undefined): InMemoryStore {
  const tables = emptyTables();
  const identities = emptyIdentityTables();
  const feed = new InMemoryChangeFeed(onFault);
  return {
    keys: new InMemoryKeyRepository(tables, feed),
    aliases: new InMemoryAliasRepository(tables, feed),
    grants: new InMemoryGrantRepository(tables, feed),
    feed,
    identity: new InMemoryIdentityRepository(feed, identities),
    principals: new InMemoryPrincipalRepository(identities, feed),
    accessKeys: new InMemoryAccessKeyRepository(identities, feed),
    domainKeys: new InMemoryDomainKeyRepository(),
    dueKeys: new InMemoryDueKeys(tables),
  };
}
