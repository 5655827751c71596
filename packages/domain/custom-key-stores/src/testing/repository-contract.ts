import { type Result, accept, instant, refuse } from '@keywarden/kernel';
import { type ChangeFeed, type KeyRepository, scheduleKeyDeletion, stateAt } from '@keywarden/keys';
import { accepted, elsewhere, eventually, home, numberedKeyId, plenty, recordChanges } from '@keywarden/keys/testing';
import { disconnected } from '../connection';
import type { CustomKeyStore } from '../custom-key-store';
import type { CustomKeyStoreRepository, IvFields, OrphanedKeys } from '../ports';
import { aCloudHsmStore, aKeyIn, anXksStore, connectedStore, numberedClusterId, numberedStoreId } from './a-store';

export interface CustomKeyStoreHarness {
  readonly keyStores: CustomKeyStoreRepository;
  readonly orphanedKeys: OrphanedKeys;
  readonly ivFields: IvFields;
  readonly keys: KeyRepository;
  /** A feed of this test's own. */
  readonly feed: ChangeFeed;
}

const now = instant(Date.UTC(2026, 1, 1));

/** What every store of custom key stores must do, and what the store of keys does with the keys in them. */
export function customKeyStoreContract(makeHarness: () => Promise<CustomKeyStoreHarness>): void {
  describe('custom key stores', () => {
    let harness: CustomKeyStoreHarness;
    beforeEach(async () => {
      harness = await makeHarness();
    });
    const put = async (...stores: readonly CustomKeyStore[]): Promise<void> => {
      for (const store of stores) accepted(await harness.keyStores.create(store, () => accept(store)));
    };
    const turn = async (
      store: CustomKeyStore,
      change: (held: CustomKeyStore) => CustomKeyStore,
    ): Promise<CustomKeyStore> => accepted(await harness.keyStores.update(store, (held) => accept(change(held))));

    it('gives back what was stored, of both types and in every state', async () => {
      const stores = [
        aCloudHsmStore(1, { name: 'a\u0000 name — with „all“ 🔑' }),
        anXksStore(2, { connection: { state: 'FAILED', error: 'XKS_PROXY_TIMED_OUT' } }),
        anXksStore(
          3,
          { connection: { state: 'CONNECTING', since: now } },
          {
            connectivity: 'VPC_ENDPOINT_SERVICE',
            uriEndpoint: 'https://private.example.com',
            vpcEndpointServiceName: 'com.amazonaws.vpce.eu-central-1.vpce-svc-1a2b',
            vpcEndpointServiceOwner: '111122223333',
          },
        ),
      ];
      await put(...stores);
      expect(await harness.keyStores.list(home)).toEqual(stores);
      expect(await harness.keyStores.find(stores[2]!)).toEqual(stores[2]);
      expect(await harness.keyStores.list(elsewhere)).toEqual([]);
      expect(await harness.keyStores.find({ ...elsewhere, id: stores[2]!.id })).toBeUndefined();
    });

    it('shows a decision all stores of the account and Region, and stores nothing when it refuses', async () => {
      await put(aCloudHsmStore(1));
      const no = { code: 'No' } as const;
      const seen: string[][] = [];
      const refused = await harness.keyStores.create(home, (existing): Result<CustomKeyStore, typeof no> => {
        seen.push(existing.map(({ name }) => name));
        return refuse(no);
      });
      expect([refused, seen]).toEqual([{ ok: false, refusal: no }, [['store 1']]]);
      expect(await harness.keyStores.list(home)).toHaveLength(1);
    });

    it('stores nothing when the decision returns a store there is', async () => {
      await put(aCloudHsmStore(1));
      accepted(await harness.keyStores.create(home, ([there]) => accept(there!)));
      accepted(await harness.keyStores.update(aCloudHsmStore(1), (held) => accept(held)));
      expect((await harness.keyStores.find(aCloudHsmStore(1)))?.version).toBe(1);
    });

    it('lets ten simultaneous creations of one name through one after the other', async () => {
      const taken = { code: 'Taken' } as const;
      const results = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          harness.keyStores.create(home, (existing): Result<CustomKeyStore, typeof taken> =>
            existing.length === 0 ? accept(aCloudHsmStore(index, { name: 'one name' })) : refuse(taken),
          ),
        ),
      );
      expect(results.filter(({ ok }) => ok)).toHaveLength(1);
      expect(await harness.keyStores.list(home)).toHaveLength(1);
    });

    it('counts versions up and announces every change', async () => {
      const changes = recordChanges(harness.feed);
      await eventually('the feed is heard', () => harness.feed.live);
      await put(aCloudHsmStore(1));
      const changed = await turn(aCloudHsmStore(1), (held) => ({ ...held, name: 'another' }));
      expect(changed.version).toBe(2);
      accepted(await harness.keyStores.remove(changed, () => accept(undefined)));
      expect(await harness.keyStores.find(changed)).toBeUndefined();
      const told = { kind: 'customKeyStore', tenancy: home, id: changed.id };
      await eventually('three changes are told', () => changes.length === 3);
      expect(changes).toEqual([told, told, told]);
    });

    it('does not know stores that are not there', async () => {
      const unknown = { ...home, id: numberedStoreId(9) };
      const notFound = { ok: false, refusal: { code: 'CustomKeyStoreNotFound', given: unknown.id } };
      expect(await harness.keyStores.update(unknown, (store) => accept(store))).toEqual(notFound);
      expect(await harness.keyStores.remove(unknown, () => accept(undefined))).toEqual(notFound);
    });

    it('takes a key only while its store is connected', async () => {
      const store = aCloudHsmStore(1);
      await put(store);
      const key = aKeyIn(connectedStore(store), numberedKeyId(1));
      const refused = await harness.keys.insert(key, plenty);
      expect(refused).toEqual({ ok: false, refusal: { code: 'KeyStoreNotConnected', keyStoreId: store.id } });
      await turn(store, connectedStore);
      accepted(await harness.keys.insert(key, plenty));
      expect(await harness.keys.find(key)).toEqual(key);
    });

    it('shows a key with the connection and the cluster its store has now', async () => {
      const store = connectedStore(aCloudHsmStore(1));
      await put(store);
      const key = aKeyIn(store, numberedKeyId(1));
      accepted(await harness.keys.insert(key, plenty));
      const clusterId = numberedClusterId(2);
      await turn(store, (held) => ({
        ...held,
        connection: disconnected,
        backing: { type: 'AWS_CLOUDHSM', clusterId, trustAnchorCertificate: 'anchor' },
      }));
      const away = (await harness.keys.find(key))!;
      expect(away.keyStore).toEqual({ id: store.id, connected: false, cloudHsmClusterId: clusterId });
      expect(stateAt(away, now)).toEqual({ kind: 'Unavailable' });
      const decided: unknown[] = [];
      await harness.keys.update(key, (held) => {
        decided.push(held.keyStore?.connected);
        return accept(held);
      });
      await turn(store, connectedStore);
      expect(stateAt((await harness.keys.find(key))!, now)).toEqual({ kind: 'Enabled' });
      expect(decided).toEqual([false]);
    });

    it('takes one key for an external key in a store, also when several come at once', async () => {
      const stores = [connectedStore(anXksStore(1)), connectedStore(anXksStore(2))];
      await put(...stores);
      const results = await Promise.all(
        [1, 2, 3].map((index) => harness.keys.insert(aKeyIn(stores[0]!, numberedKeyId(index), 'ext-1'), plenty)),
      );
      expect(results.filter(({ ok }) => ok)).toHaveLength(1);
      const [refused] = results.filter(({ ok }) => !ok);
      expect(refused).toEqual({ ok: false, refusal: { code: 'XksKeyInUse', xksKeyId: 'ext-1' } });
      accepted(await harness.keys.insert(aKeyIn(stores[1]!, numberedKeyId(4), 'ext-1'), plenty));
    });

    it('keeps a store as long as a key is in it, whatever its state', async () => {
      const store = connectedStore(aCloudHsmStore(1));
      await put(store);
      accepted(await harness.keys.insert(aKeyIn(store, numberedKeyId(1)), plenty));
      const counts: number[] = [];
      const removed = await harness.keyStores.remove(store, (_, keys) => {
        counts.push(keys);
        return accept(undefined);
      });
      expect([removed, counts]).toEqual([{ ok: false, refusal: { code: 'CustomKeyStoreHasKeys' } }, [1]]);
    });

    it('gives an IV field to one who wants it, once and for all', async () => {
      const [field, other] = [Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 255), new Uint8Array(8)];
      const taken = await Promise.all(Array.from({ length: 10 }, () => harness.ivFields.reserve(field)));
      expect(taken.filter((mine) => mine)).toHaveLength(1);
      expect([await harness.ivFields.reserve(field), await harness.ivFields.reserve(other)]).toEqual([false, true]);
    });

    it('records what the end of a key leaves in a token, and nothing for an external key', async () => {
      const [hsm, xks] = [connectedStore(aCloudHsmStore(1)), connectedStore(anXksStore(2))];
      await put(hsm, xks);
      for (const key of [aKeyIn(hsm, numberedKeyId(1)), aKeyIn(xks, numberedKeyId(2))]) {
        accepted(await harness.keys.insert(key, plenty));
        const scheduled = accepted(await harness.keys.update(key, (held) => scheduleKeyDeletion(held, 7, now)));
        accepted(await harness.keys.updateFamily(key, () => accept({ put: [], remove: [scheduled] })));
      }
      const end = instant(now + 7 * 86_400_000);
      const orphan = {
        ...home,
        keyId: numberedKeyId(1),
        storeId: hsm.id,
        clusterId: numberedClusterId(1),
        deletedAt: end,
        attempts: 0,
      };
      expect(await harness.orphanedKeys.due(instant(end - 1), 10)).toEqual([]);
      expect(await harness.orphanedKeys.due(end, 10)).toEqual([orphan]);
      await harness.orphanedKeys.postpone(orphan, instant(end + 60_000));
      expect(await harness.orphanedKeys.due(end, 10)).toEqual([]);
      expect(await harness.orphanedKeys.due(instant(end + 60_000), 10)).toEqual([{ ...orphan, attempts: 1 }]);
      await harness.orphanedKeys.forget(orphan);
      expect(await harness.orphanedKeys.due(instant(end + 60_000), 10)).toEqual([]);
      accepted(await harness.keyStores.remove(hsm, (_, keys) => (keys === 0 ? accept(undefined) : refuse(keys))));
    });
  });
}
