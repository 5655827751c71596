import { customKeyStoreContract, proxyChecksContract } from '@keywarden/custom-key-stores/testing';
import { auditStoreContract } from '@keywarden/audit/testing';
import { eventDeliveriesContract, eventDestinationsContract } from '@keywarden/event-delivery/testing';
import { domainKeyRepositoryContract, rootKeyStoreContract } from '@keywarden/crypto/testing';
import { eventLogContract } from '@keywarden/events/testing';
import { identityRepositoryContract } from '@keywarden/identity/testing';
import {
  aKmsKey,
  aliasRepositoryContract,
  changeFeedContract,
  keyFamilyContract,
  keyQuotaContract,
  keyRepositoryContract,
  plenty,
  recordChanges,
} from '@keywarden/keys/testing';
import { dueKeysContract } from '@keywarden/maintenance/testing';
import { quotaOverridesContract } from '@keywarden/quotas/testing';
import { openInMemory } from './open-in-memory';

const open = async () => openInMemory();

auditStoreContract(open);
keyRepositoryContract(open);
keyFamilyContract(open);
keyQuotaContract(open);
aliasRepositoryContract(open);
changeFeedContract(open);
identityRepositoryContract(async () => openInMemory().identity);
domainKeyRepositoryContract(async () => openInMemory().domainKeys);
rootKeyStoreContract(open);
dueKeysContract(open);
eventLogContract(open);
proxyChecksContract(open);
eventDestinationsContract(open);
eventDeliveriesContract(open);

quotaOverridesContract(open);

describe('the in-memory change feed', () => {
  it('tells nothing while it has lost touch, and of the gap before it is live again', async () => {
    const { feed, keys } = openInMemory();
    const changes = recordChanges(feed);
    const liveAtGap: boolean[] = [];
    feed.subscribe(
      () => undefined,
      () => liveAtGap.push(feed.live),
    );
    feed.lose();
    expect(feed.live).toBe(false);
    await keys.insert(aKmsKey(), plenty);
    expect(changes).toEqual([]);
    feed.restore();
    feed.restore();
    expect(liveAtGap).toEqual([false]);
    expect(feed.live).toBe(true);
  });
});
customKeyStoreContract(async () => openInMemory());
