import type {
  CustomKeyStore,
  CustomKeyStoreHasKeys,
  CustomKeyStoreName,
  CustomKeyStoreNotFound,
  CustomKeyStoreRepository,
} from '@keywarden/custom-key-stores';
import { type Result, type Tenancy, accept, refuse } from '@keywarden/kernel';
import type { InMemoryChangeFeed } from './in-memory-change-feed';
import { type Tables, compareText, copyOf } from './tables';

/** Custom key stores in a Map. */
export class InMemoryCustomKeyStores implements CustomKeyStoreRepository {
  readonly #tables: Tables;
  readonly #feed: InMemoryChangeFeed;

  constructor(tables: Tables, feed: InMemoryChangeFeed) {
    this.#tables = tables;
    this.#feed = feed;
  }

  async find(name: CustomKeyStoreName): Promise<CustomKeyStore | undefined> {
    return copyOf(this.#stored(name));
  }

  async list(tenancy: Tenancy): Promise<readonly CustomKeyStore[]> {
    return this.#all(tenancy);
  }

  async create<R>(
    tenancy: Tenancy,
    decide: (existing: readonly CustomKeyStore[]) => Result<CustomKeyStore, R>,
  ): Promise<Result<CustomKeyStore, R>> {
    const existing = this.#all(tenancy);
    const decided = decide(existing);
    if (!decided.ok || existing.includes(decided.value)) return decided;
    if (this.#tables.keyStores.has(decided.value.id))
      throw new Error('a custom key store with this id is there already');
    return accept(this.#put({ ...decided.value, version: 1 }));
  }

  async update<R>(
    name: CustomKeyStoreName,
    decide: (store: CustomKeyStore, existing: readonly CustomKeyStore[]) => Result<CustomKeyStore, R>,
  ): Promise<Result<CustomKeyStore, R | CustomKeyStoreNotFound>> {
    const existing = this.#all(name);
    const before = existing.find(({ id }) => id === name.id);
    if (before === undefined) return refuse({ code: 'CustomKeyStoreNotFound', given: name.id });
    const decided = decide(before, existing);
    if (!decided.ok || decided.value === before) return decided;
    return accept(this.#put({ ...decided.value, version: before.version + 1 }));
  }

  async remove<R>(
    name: CustomKeyStoreName,
    decide: (store: CustomKeyStore, keys: number) => Result<void, R>,
  ): Promise<Result<void, R | CustomKeyStoreNotFound | CustomKeyStoreHasKeys>> {
    const store = copyOf(this.#stored(name));
    if (store === undefined) return refuse({ code: 'CustomKeyStoreNotFound', given: name.id });
    const keys = [...this.#tables.keys.values()].filter(({ keyStore }) => keyStore?.id === name.id).length;
    const decided = decide(store, keys);
    if (!decided.ok) return decided;
    if (keys > 0) return refuse({ code: 'CustomKeyStoreHasKeys' });
    this.#tables.keyStores.delete(name.id);
    this.#tables.proxyChecks.delete(name.id);
    this.#announce(store);
    return decided;
  }

  #stored({ account, region, id }: CustomKeyStoreName): CustomKeyStore | undefined {
    const store = this.#tables.keyStores.get(id);
    return store?.account === account && store.region === region ? store : undefined;
  }

  #all({ account, region }: Tenancy): readonly CustomKeyStore[] {
    return [...this.#tables.keyStores.values()]
      .filter((store) => store.account === account && store.region === region)
      .sort((left, right) => compareText(left.id, right.id))
      .map(copyOf);
  }

  #put(store: CustomKeyStore): CustomKeyStore {
    this.#tables.keyStores.set(store.id, copyOf(store));
    if (store.connection.state !== 'CONNECTED') this.#tables.proxyChecks.delete(store.id);
    this.#announce(store);
    return store;
  }

  #announce({ account, region, id }: CustomKeyStore): void {
    this.#feed.announce([{ kind: 'customKeyStore', tenancy: { account, region }, id }]);
  }
}
