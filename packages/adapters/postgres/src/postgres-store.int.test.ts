import { customKeyStoreContract, proxyChecksContract } from '@keywarden/custom-key-stores/testing';
import { eventDeliveriesContract, eventDestinationsContract } from '@keywarden/event-delivery/testing';
import { domainKeyRepositoryContract, rootKeyStoreContract } from '@keywarden/crypto/testing';
import { eventLogContract } from '@keywarden/events/testing';
import { identityRepositoryContract } from '@keywarden/identity/testing';
import {
  aliasRepositoryContract,
  changeFeedContract,
  keyFamilyContract,
  keyQuotaContract,
  keyRepositoryContract,
} from '@keywarden/keys/testing';
import { dueKeysContract } from '@keywarden/maintenance/testing';
import { quotaOverridesContract } from '@keywarden/quotas/testing';
import type { PostgresStore } from './open-postgres';
import { testStore } from './testing/test-store';

const database = testStore();
let shared: PostgresStore | undefined;
const emptyStore = async (): Promise<PostgresStore> => {
  await database.empty();
  return (shared ??= database.open());
};

keyRepositoryContract(emptyStore);
keyFamilyContract(emptyStore);
keyQuotaContract(emptyStore);
aliasRepositoryContract(emptyStore);
identityRepositoryContract(async () => (await emptyStore()).identity);
domainKeyRepositoryContract(async () => (await emptyStore()).domainKeys);
rootKeyStoreContract(emptyStore);
dueKeysContract(emptyStore);
eventLogContract(emptyStore);
customKeyStoreContract(async () => ({ ...(await emptyStore()), feed: database.open().feed }));
proxyChecksContract(emptyStore);
eventDestinationsContract(emptyStore);
eventDeliveriesContract(emptyStore);
quotaOverridesContract(async () => ({ ...(await emptyStore()), feed: database.open().feed }));
// A feed belongs to one test: its subscribers are never forgotten.
changeFeedContract(async () => {
  const { keys, aliases } = await emptyStore();
  return { keys, aliases, feed: database.open().feed };
});
