import { type Result, accept, refuse } from '@keywarden/kernel';
import type { Change } from '@keywarden/keys';
import type { XksStoreNotFound } from './xks-refusals';
import type { XksCredential, XksStore } from './xks-store';
import type { XksStoreRepository } from './xks-store-repository';

/** External key stores in a Map. */
export class InMemoryXksStores implements XksStoreRepository {
  readonly #stores = new Map<string, XksStore>();

  /** @param tell of changes, as they are made */
  constructor(private readonly tell: (changes: readonly Change[]) => void) {}

  async find(uriPath: string): Promise<XksStore | undefined> {
    return structuredClone(this.#stores.get(uriPath));
  }

  async list(limit: number): Promise<readonly XksStore[]> {
    const stores = [...this.#stores.values()].sort((left, right) => (left.uriPath < right.uriPath ? -1 : 1));
    return stores.slice(0, limit).map((store) => structuredClone(store));
  }

  async insert(store: XksStore): Promise<boolean> {
    const taken = store.credentials.some(({ accessKeyId }) => this.#holderOf(accessKeyId) !== undefined);
    if (taken || this.#stores.has(store.uriPath)) return false;
    this.#stores.set(store.uriPath, structuredClone(store));
    this.#announce(store.credentials);
    return true;
  }

  async update<R>(
    uriPath: string,
    decide: (store: XksStore) => Result<XksStore, R>,
  ): Promise<Result<XksStore, R | XksStoreNotFound>> {
    const before = this.#stores.get(uriPath);
    if (before === undefined) return refuse({ code: 'XksStoreNotFound', uriPath });
    const decided = decide(structuredClone(before));
    if (!decided.ok) return decided;
    const { credentials, keys } = decided.value;
    const after = structuredClone({ ...before, credentials, keys });
    this.#stores.set(uriPath, after);
    this.#announce(differing(before.credentials, credentials));
    return accept(structuredClone(after));
  }

  async remove(uriPath: string): Promise<boolean> {
    const store = this.#stores.get(uriPath);
    if (store === undefined) return false;
    this.#stores.delete(uriPath);
    this.#announce(store.credentials);
    return true;
  }

  async findCredential(accessKeyId: string): Promise<{ store: XksStore; credential: XksCredential } | undefined> {
    const store = this.#holderOf(accessKeyId);
    const credential = store?.credentials.find((one) => one.accessKeyId === accessKeyId);
    return store && credential && structuredClone({ store, credential });
  }

  #holderOf(accessKeyId: string): XksStore | undefined {
    return [...this.#stores.values()].find(({ credentials }) =>
      credentials.some((credential) => credential.accessKeyId === accessKeyId),
    );
  }

  #announce(credentials: readonly XksCredential[]): void {
    this.tell(credentials.map(({ accessKeyId }) => ({ kind: 'accessKey', accessKeyId })));
  }
}

function differing(before: readonly XksCredential[], after: readonly XksCredential[]): readonly XksCredential[] {
  const only = (some: readonly XksCredential[], others: readonly XksCredential[]): XksCredential[] =>
    some.filter(({ accessKeyId }) => !others.some((other) => other.accessKeyId === accessKeyId));
  return [...only(before, after), ...only(after, before)];
}
