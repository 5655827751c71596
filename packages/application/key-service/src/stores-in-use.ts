import type { SecretPlace, SecretWrapping } from '@keywarden/crypto';
import type {
  CustomKeyStore,
  CustomKeyStoreName,
  CustomKeyStoreRepository,
  KeyStoreBackends,
  StoreInUse,
} from '@keywarden/custom-key-stores';
import type { Clock, CustomKeyStoreId } from '@keywarden/kernel';
import type { ChangeFeed } from '@keywarden/keys';

/** What the secret of a store is wrapped for. */
export function storeSecretPlace({ account, region, id }: CustomKeyStoreName): SecretPlace {
  return { account, region, purpose: 'custom-key-store', name: id };
}

interface Entry {
  readonly use: StoreInUse;
  readonly readAt: number;
}

/** Stores a node holds at most; an account has ten in a Region. */
const capacity = 1_000;
const maxAgeMs = 300_000;

/**
 * The custom key stores a node works with, with their secrets opened. A change that any node announces drops what is
 * held of a store, and closes the node's way to a store that is not connected any more. While announcements may be
 * missed every use reads the store anew.
 */
export class StoresInUse {
  readonly #held = new Map<CustomKeyStoreId, Entry>();
  #epoch = 0;

  constructor(
    private readonly repository: CustomKeyStoreRepository,
    private readonly secrets: SecretWrapping,
    private readonly feed: ChangeFeed,
    private readonly clock: Clock,
    readonly backends: KeyStoreBackends,
    private readonly onFault: (fault: unknown) => void,
  ) {
    feed.subscribe(
      (change) => {
        if (change.kind === 'customKeyStore') this.#changed({ ...change.tenancy, id: change.id });
      },
      () => this.#dropAll(),
    );
  }

  /** @returns undefined when there is no such store in the account and Region */
  async find(name: CustomKeyStoreName): Promise<StoreInUse | undefined> {
    const held = this.#held.get(name.id);
    if (held !== undefined && this.#trusted(held) && isOf(name, held.use.store)) return held.use;
    const epoch = this.#epoch;
    const readAt = this.clock.now();
    const store = await this.repository.find(name);
    if (store === undefined) return undefined;
    const use = await this.open(store);
    // INVARIANT: what was read before a change is never kept after it.
    if (epoch === this.#epoch && this.feed.live) this.#keep(name.id, { use, readAt });
    return use;
  }

  /** A store with its secret, whether it is kept or not. @throws Error when the secret was not wrapped for this store */
  async open(store: CustomKeyStore): Promise<StoreInUse> {
    return { store, secret: await this.secrets.unwrap(storeSecretPlace(store), store.wrappedSecret) };
  }

  /** Called by whoever changed a store, so that this node sees its own changes before it answers. */
  forget(id: CustomKeyStoreId): void {
    this.#epoch += 1;
    this.#held.delete(id);
  }

  #trusted({ readAt }: Entry): boolean {
    return this.feed.live && this.clock.now() - readAt < maxAgeMs;
  }

  #keep(id: CustomKeyStoreId, entry: Entry): void {
    this.#held.delete(id);
    this.#held.set(id, entry);
    const oldest = this.#held.keys().next().value;
    if (this.#held.size > capacity && oldest !== undefined) this.#held.delete(oldest);
  }

  #changed(name: CustomKeyStoreName): void {
    this.forget(name.id);
    this.#releaseUnlessInUse(name).catch((fault: unknown) => this.onFault(fault));
  }

  #dropAll(): void {
    const held = [...this.#held.values()].map(({ use }) => use.store);
    this.#epoch += 1;
    this.#held.clear();
    for (const store of held) this.#changed(store);
  }

  async #releaseUnlessInUse(name: CustomKeyStoreName): Promise<void> {
    const state = (await this.repository.find(name))?.connection.state;
    if (state === 'CONNECTED' || state === 'CONNECTING') return;
    await Promise.all(Object.values(this.backends).map((backend) => backend.release(name.id)));
  }
}

function isOf(name: CustomKeyStoreName, store: CustomKeyStore): boolean {
  return store.account === name.account && store.region === name.region;
}
