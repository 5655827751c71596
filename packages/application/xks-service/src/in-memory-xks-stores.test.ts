import { openInMemory } from '@keywarden/in-memory';
import { numberedKeyId } from '@keywarden/keys/testing';
import { InMemoryXksStores } from './in-memory-xks-stores';
import { xksStoreRepositoryContract } from './testing/xks-store-repository-contract';

xksStoreRepositoryContract(async () => {
  const { feed } = openInMemory();
  return { stores: new InMemoryXksStores((changes) => feed.announce(changes)), feed, keyId: numberedKeyId(1) };
});
