import { type KeyId, type Tenancy, accept, refuse } from '@keywarden/kernel';
import {
  type Alias,
  type AliasRepository,
  type Change,
  type ChangeFeed,
  type KeyName,
  type KeyRepository,
  type KmsKey,
  aliasNotFound,
  keyNotFound,
} from '@keywarden/keys';

const rowOf = ({ region, id }: KeyName): string => `${region}/${id}`;
const aliasRow = ({ account, region }: Tenancy, name: string): string => `${account}/${region}/${name}`;

/** Keys and aliases in memory, for tests of operations: just enough of a store, with decisions run one at a time. */
export class StoredKeys {
  readonly rows = new Map<string, KmsKey>();
  readonly aliasRows = new Map<string, Alias>();
  readonly #listeners: ((change: Change) => void)[] = [];

  readonly feed: ChangeFeed = { live: true, subscribe: (onChange) => void this.#listeners.push(onChange) };

  /** As any node would that has changed something. */
  announce(change: Change): void {
    for (const tell of this.#listeners) tell(change);
  }

  /** Stores keys as they are, without any decision. */
  given(...keys: readonly KmsKey[]): void {
    for (const key of keys) this.rows.set(rowOf(key), key);
  }

  at(name: KeyName): KmsKey {
    const key = this.rows.get(rowOf(name));
    if (key === undefined) throw new Error(`no key ${rowOf(name)} in the test`);
    return key;
  }

  readonly keys: KeyRepository = {
    find: async (name) => this.rows.get(rowOf(name)),

    insert: async (key) => {
      this.#put(key);
      return accept(key);
    },

    update: async (name, decide) => {
      const key = this.rows.get(rowOf(name));
      if (key?.account !== name.account) return refuse(keyNotFound(name));
      const decided = decide(key);
      if (!decided.ok || decided.value === key) return decided;
      return accept(this.#put({ ...decided.value, version: key.version + 1 }));
    },

    updateFamily: async (name, decide, room) => {
      const copies = [...this.rows.values()]
        .filter(({ id, account }) => id === name.id && account === name.account)
        .sort((a, b) => (a.region < b.region ? -1 : 1));
      if (!copies.some(({ region }) => region === name.region)) return refuse(keyNotFound(name));
      const decided = decide(copies);
      if (!decided.ok) return decided;
      const added = decided.value.put.find((key) => !this.rows.has(rowOf(key)));
      const current = [...this.rows.values()].filter(({ region }) => region === added?.region).length;
      const limit = added === undefined ? current + 1 : (room?.limit(added) ?? current + 1);
      if (room !== undefined && current >= limit)
        return refuse(room.refusal({ code: 'KeyQuotaReached', limit, current }));
      const put = decided.value.put.map((key) =>
        copies.includes(key) ? key : this.#put({ ...key, version: (this.rows.get(rowOf(key))?.version ?? 0) + 1 }),
      );
      for (const gone of decided.value.remove) this.rows.delete(rowOf(gone));
      return accept({ put, remove: decided.value.remove });
    },

    listIds: async ({ account, region }, after, limit) =>
      [...this.rows.values()]
        .filter((key) => key.account === account && key.region === region && (after === undefined || key.id > after))
        .map(({ id }) => id)
        .sort()
        .slice(0, limit),
  };

  readonly aliases: AliasRepository = {
    find: async (tenancy, name) => this.aliasRows.get(aliasRow(tenancy, name)),

    create: async (tenancy, name, target, decide) => {
      const key = this.rows.get(rowOf({ region: tenancy.region, id: target }));
      if (key === undefined) return refuse(keyNotFound({ ...tenancy, id: target }));
      const row = aliasRow(tenancy, name);
      if (this.aliasRows.has(row)) {
        return refuse({ code: 'AliasExists', aliasArn: aliasNotFound(tenancy, name).code } as const);
      }
      const decided = decide(key, this.#aliasesOf(target));
      if (decided.ok) this.aliasRows.set(row, decided.value);
      return decided;
    },

    update: async (tenancy, name) => refuse(aliasNotFound(tenancy, name)),
    remove: async (tenancy, name) => refuse(aliasNotFound(tenancy, name)),
    list: async () => [...this.aliasRows.values()],
  };

  #aliasesOf(target: KeyId): number {
    return [...this.aliasRows.values()].filter(({ targetKeyId }) => targetKeyId === target).length;
  }

  #put(key: KmsKey): KmsKey {
    this.rows.set(rowOf(key), key);
    this.announce({ kind: 'key', name: key });
    return key;
  }
}
