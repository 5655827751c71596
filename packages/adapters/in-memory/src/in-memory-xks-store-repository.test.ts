import { numberedKeyId } from '@keywarden/keys/testing';
import { xksStoreRepositoryContract } from '@keywarden/xks-service/testing';
import { openInMemory } from './open-in-memory';

xksStoreRepositoryContract(async () => {
  const { xksStores: stores, feed } = openInMemory();
  return { stores, feed, keyId: numberedKeyId(1) };
});
