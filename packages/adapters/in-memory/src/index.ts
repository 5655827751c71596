export { type InMemoryStore, openInMemory } from './open-in-memory';
export { InMemoryChangeFeed } from './in-memory-change-feed';
export type { InMemoryAliasRepository } from './in-memory-alias-repository';
export type { InMemoryDomainKeyRepository } from './in-memory-domain-key-repository';
export type { InMemoryDueKeys } from './in-memory-due-keys';
export type { InMemoryGrantRepository } from './in-memory-grant-repository';
export type { InMemoryIdentityRepository } from './in-memory-identity-repository';
export type { InMemoryKeyRepository } from './in-memory-key-repository';
