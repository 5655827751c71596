import type {
  CustomKeyStoreRepository,
  KeyStoreBackend,
  OrphanedKey,
  OrphanedKeys,
  StoreInUse,
} from '@keywarden/custom-key-stores';
import { type Clock, plusMilliseconds } from '@keywarden/kernel';

const batch = 100;
const firstPauseMs = 60_000;
const longestPauseMs = 86_400_000;

/**
 * Destroys in their tokens the keys whose KMS keys have been deleted. It is tried, with growing pauses, for as long as it
 * takes: a token may be away for days. What cannot be done because the store itself is gone stays on record.
 */
export class OrphanedTokenKeys {
  constructor(
    private readonly orphans: OrphanedKeys,
    private readonly stores: CustomKeyStoreRepository,
    private readonly open: (store: StoreInUse['store']) => Promise<StoreInUse>,
    private readonly tokens: Pick<KeyStoreBackend, 'destroyKey'>,
    private readonly clock: Clock,
    private readonly onFailure: (orphan: OrphanedKey, fault: unknown) => void,
  ) {}

  /** @returns how many are gone now */
  async tick(): Promise<number> {
    const now = this.clock.now();
    let destroyed = 0;
    for (const orphan of await this.orphans.due(now, batch)) {
      const done = await this.#destroy(orphan).catch((fault: unknown) => {
        this.onFailure(orphan, fault);
        return false;
      });
      if (done) {
        destroyed += 1;
        await this.orphans.forget(orphan);
      } else {
        const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(orphan.attempts, 20));
        await this.orphans.postpone(orphan, plusMilliseconds(now, pause));
      }
    }
    return destroyed;
  }

  /** Only in the cluster that the key was in, and only while its store is connected. */
  async #destroy({ account, region, storeId, clusterId, keyId }: OrphanedKey): Promise<boolean> {
    const store = await this.stores.find({ account, region, id: storeId });
    const there =
      store?.connection.state === 'CONNECTED' &&
      store.backing.type === 'AWS_CLOUDHSM' &&
      store.backing.clusterId === clusterId;
    if (store === undefined || !there) return false;
    const destroyed = await this.tokens.destroyKey(await this.open(store), { keyId });
    return destroyed.ok;
  }
}
