import {
  accessKeyRepositoryContract,
  principalChangesContract,
  principalRepositoryContract,
} from '@keywarden/identity/testing';
import { recordChanges } from '@keywarden/keys/testing';
import { openInMemory } from './open-in-memory';

const open = async () => openInMemory();

principalRepositoryContract(open);
accessKeyRepositoryContract(open);
principalChangesContract(async () => {
  const store = openInMemory();
  const changes = recordChanges(store.feed);
  return { store, heard: async () => changes };
});
