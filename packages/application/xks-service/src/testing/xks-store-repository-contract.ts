import { type AccountId, type Instant, type KeyId, type Region, accept, instant, refuse } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import type { Change, ChangeFeed } from '@keywarden/keys';
import type { XksCredential, XksStore } from '../xks-store';
import type { XksStoreRepository } from '../xks-store-repository';

const at: Instant = instant(Date.UTC(2026, 5, 1));
const anId = (last: string): string => `${'A'.repeat(23)}${last}`;

function aCredential(last: string): XksCredential {
  return { accessKeyId: anId(last), wrappedSecret: Uint8Array.of(1, 2, 3), createdAt: at };
}

/** A store of the account and user that the harness of the contract provides. */
export function aXksStore(changes: Partial<XksStore> = {}): XksStore {
  return {
    account: '111122223333' as AccountId,
    region: 'eu-central-1' as Region,
    uriPath: '/partner/kms/xks/v1',
    userId: 'AIDAAAAAAAAAAAAAAAAAA',
    credentials: [aCredential('B')],
    keys: [],
    createdAt: at,
    ...changes,
  };
}

/** An empty store in which the account and the user of `aXksStore` and the key `keyId` exist. */
export interface XksStoreHarness {
  readonly stores: XksStoreRepository;
  readonly feed: ChangeFeed;
  readonly keyId: KeyId;
}

async function eventually(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !holds(); tries += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(holds()).toBe(true);
}

/** What every `XksStoreRepository` does. */
export function xksStoreRepositoryContract(makeHarness: () => Promise<XksStoreHarness>): void {
  describe('XksStoreRepository', () => {
    let harness: XksStoreHarness;
    let stores: XksStoreRepository;
    beforeEach(async () => {
      harness = await makeHarness();
      stores = harness.stores;
    });

    it('finds a store by its path and by its credentials', async () => {
      const store = aXksStore();
      expect(await stores.insert(store)).toBe(true);
      expect(await stores.find(store.uriPath)).toEqual(store);
      expect(await stores.findCredential(anId('B'))).toEqual({ store, credential: store.credentials[0] });
      expect(await stores.find('/kms/xks/v1')).toBeUndefined();
      expect(await stores.findCredential(anId('C'))).toBeUndefined();
    });

    it('takes a path and the id of a credential once', async () => {
      await stores.insert(aXksStore());
      expect(await stores.insert(aXksStore({ credentials: [aCredential('C')] }))).toBe(false);
      expect(await stores.insert(aXksStore({ uriPath: '/kms/xks/v1' }))).toBe(false);
      expect(await stores.list(10)).toHaveLength(1);
      expect(await stores.findCredential(anId('C'))).toBeUndefined();
    });

    it('lists stores by their path', async () => {
      await stores.insert(aXksStore({ uriPath: '/b/kms/xks/v1' }));
      await stores.insert(aXksStore({ uriPath: '/a/kms/xks/v1', credentials: [aCredential('C')] }));
      expect((await stores.list(10)).map(({ uriPath }) => uriPath)).toEqual(['/a/kms/xks/v1', '/b/kms/xks/v1']);
      expect(await stores.list(1)).toHaveLength(1);
    });

    it('changes credentials and keys, and nothing when the decision refuses', async () => {
      const { uriPath } = aXksStore();
      await stores.insert(aXksStore());
      const keys = [{ externalKeyId: 'payments', keyId: harness.keyId }];
      const changed = { ...aXksStore(), keys, credentials: [aCredential('C')] };
      expect(accepted(await stores.update(uriPath, (store) => accept({ ...store, ...changed })))).toEqual(changed);
      expect(await stores.find(uriPath)).toEqual(changed);
      expect(await stores.findCredential(anId('B'))).toBeUndefined();
      expect(refused(await stores.update(uriPath, () => refuse('no')))).toBe('no');
      expect(await stores.find(uriPath)).toEqual(changed);
      expect(refused(await stores.update('/kms/xks/v1', accept))).toMatchObject({ code: 'XksStoreNotFound' });
    });

    it('lets one of many changes at once win where only one can', async () => {
      const { uriPath } = aXksStore();
      await stores.insert(aXksStore());
      const tries = await Promise.all(
        ['C', 'D', 'E', 'F'].map((last) =>
          stores.update(uriPath, (store) =>
            store.credentials.length > 1
              ? refuse('full' as const)
              : accept({ ...store, credentials: [...store.credentials, aCredential(last)] }),
          ),
        ),
      );
      expect(tries.filter(({ ok }) => ok)).toHaveLength(1);
      expect((await stores.find(uriPath))?.credentials).toHaveLength(2);
    });

    it('removes a store with its credentials', async () => {
      const { uriPath } = aXksStore();
      await stores.insert(aXksStore());
      expect(await stores.remove(uriPath)).toBe(true);
      expect(await stores.remove(uriPath)).toBe(false);
      expect(await stores.findCredential(anId('B'))).toBeUndefined();
    });

    it('announces every credential that came or went', async () => {
      const heard: Change[] = [];
      harness.feed.subscribe(
        (change) => heard.push(change),
        () => undefined,
      );
      await eventually(() => harness.feed.live);
      const { uriPath } = aXksStore();
      await stores.insert(aXksStore());
      await stores.update(uriPath, (store) => accept({ ...store, credentials: [aCredential('C')] }));
      await stores.remove(uriPath);
      const ids = () => heard.flatMap((change) => (change.kind === 'accessKey' ? [change.accessKeyId] : []));
      await eventually(() => ids().length === 4);
      expect(ids().map((id) => id.slice(-1))).toEqual(expect.arrayContaining(['B', 'B', 'C', 'C']));
    });
  });
}
