import { aliasOfKey } from '@keywarden/events';
import { type KeyId, type Result, type Tenancy, accept, refuse } from '@keywarden/kernel';
import {
  type Change,
  type FamilyChange,
  type KeyName,
  type KeyNotFound,
  type KeyQuotaReached,
  type KeyRepository,
  type KeyStoreRefusal,
  type KmsKey,
  type RoomForCopies,
  assertOfFamily,
  assertSameKey,
  keyNotFound,
} from '@keywarden/keys';
import type { InMemoryChangeFeed } from './in-memory-change-feed';
import type { InMemoryEventLog } from './in-memory-event-log';
import type { InMemoryWarnings } from './in-memory-warnings';
import { checkNewInStore, orphanOf, withStore } from './key-in-store';
import { type Tables, compareText, copiesOf, copyOf, keyRow } from './tables';

/** KMS keys in a Map. */
export class InMemoryKeyRepository implements KeyRepository {
  readonly #tables: Tables;
  readonly #feed: InMemoryChangeFeed;
  readonly #events: InMemoryEventLog;
  readonly #warnings: InMemoryWarnings;

  constructor(tables: Tables, feed: InMemoryChangeFeed, events: InMemoryEventLog, warnings: InMemoryWarnings) {
    this.#tables = tables;
    this.#feed = feed;
    this.#events = events;
    this.#warnings = warnings;
  }

  async find(name: KeyName): Promise<KmsKey | undefined> {
    return this.#read(name);
  }

  async insert(key: KmsKey, limit: number): Promise<Result<KmsKey, KeyQuotaReached | KeyStoreRefusal>> {
    const current = this.#customerKeys(key);
    if (key.manager === 'CUSTOMER' && current >= limit) return refuse({ code: 'KeyQuotaReached', limit, current });
    if (this.#tables.keys.has(keyRow(key))) throw new Error('a KMS key with this id is stored already');
    const taken = checkNewInStore(this.#tables, key);
    if (!taken.ok) return taken;
    const stored = withStore(this.#tables, { ...key, version: 1 });
    this.#put(stored);
    this.#feed.announce([changeOf(stored)]);
    return accept(stored);
  }

  async update<R>(
    name: Tenancy & KeyName,
    decide: (key: KmsKey) => Result<KmsKey, R>,
  ): Promise<Result<KmsKey, R | KeyNotFound>> {
    const before = this.#read(name);
    if (before?.account !== name.account) return refuse(keyNotFound(name));
    const decided = decide(before);
    if (!decided.ok || decided.value === before) return decided;
    assertSameKey(before, decided.value);
    const stored = { ...decided.value, version: this.#versionOf(name) + 1 };
    this.#put(stored);
    this.#feed.announce([changeOf(stored)]);
    return accept(stored);
  }

  async updateFamily<R>(
    name: Tenancy & KeyName,
    decide: (copies: readonly KmsKey[]) => Result<FamilyChange, R>,
    room?: RoomForCopies<R>,
  ): Promise<Result<FamilyChange, R | KeyNotFound>> {
    const copies = copiesOf(this.#tables, name.account, name.id).map((key) => withStore(this.#tables, copyOf(key)));
    if (!copies.some(({ region }) => region === name.region)) return refuse(keyNotFound(name));
    const decided = decide(copies);
    if (!decided.ok) return decided;
    assertOfFamily(copies, decided.value);
    const put = decided.value.put.map((key) => this.#next(key, copies));
    const fresh = put.filter((key) => !copies.includes(key));
    const full = room && this.#fullFor(fresh, room);
    if (full !== undefined) return refuse(full);
    const removed = decided.value.remove.flatMap((copy) => this.#remove({ ...name, region: copy.region }));
    for (const key of fresh) this.#put(key);
    this.#feed.announce([...fresh.map(changeOf), ...removed]);
    return accept({ put, remove: decided.value.remove });
  }

  async listIds({ account, region }: Tenancy, after: KeyId | undefined, limit: number): Promise<readonly KeyId[]> {
    return [...this.#tables.keys.values()]
      .filter((key) => key.account === account && key.region === region)
      .map(({ id }) => id)
      .filter((id) => after === undefined || id > after)
      .sort(compareText)
      .slice(0, limit);
  }

  #read(name: KeyName): KmsKey | undefined {
    const stored = copyOf(this.#tables.keys.get(keyRow(name)));
    return stored && withStore(this.#tables, stored);
  }

  /** The key as it is to be stored: the very one given when it did not change. */
  #next(key: KmsKey, copies: readonly KmsKey[]): KmsKey {
    const before = copies.find(({ region }) => region === key.region);
    if (before === key) return key;
    if (before === undefined && this.#tables.keys.has(keyRow(key))) {
      throw new Error('a KMS key with this id is stored already');
    }
    if (before === undefined) return { ...key, version: 1 };
    assertSameKey(before, key);
    return { ...key, version: this.#versionOf(key) + 1 };
  }

  #fullFor<R>(keys: readonly KmsKey[], room: RoomForCopies<R>): R | undefined {
    for (const key of keys) {
      if (key.manager !== 'CUSTOMER' || this.#tables.keys.has(keyRow(key))) continue;
      const [limit, current] = [room.limit(key), this.#customerKeys(key)];
      if (current >= limit) return room.refusal({ code: 'KeyQuotaReached', limit, current });
    }
    return undefined;
  }

  #versionOf(name: KeyName): number {
    return this.#tables.keys.get(keyRow(name))?.version ?? 0;
  }

  #put(key: KmsKey): void {
    this.#events.keyChanged(this.#tables.keys.get(keyRow(key)), key);
    this.#tables.keys.set(keyRow(key), copyOf(key));
    this.#tables.claims.delete(keyRow(key));
    this.#warnings.keyStored(key);
  }

  #remove(name: Tenancy & KeyName): readonly Change[] {
    const key = this.#tables.keys.get(keyRow(name));
    const orphan = key && orphanOf(this.#tables, key);
    if (orphan) this.#tables.orphans.set(keyRow(name), { ...orphan, retryAt: orphan.deletedAt });
    this.#tables.keys.delete(keyRow(name));
    this.#tables.grants.delete(keyRow(name));
    this.#tables.claims.delete(keyRow(name));
    this.#warnings.keyRemoved(name);
    const gone: Change[] = [changeOf(name)];
    for (const [row, alias] of this.#tables.aliases) {
      const { account, region } = alias;
      if (account !== name.account || region !== name.region || alias.targetKeyId !== name.id) continue;
      this.#tables.aliases.delete(row);
      this.#events.happened(aliasOfKey('AliasDeleted', alias));
      gone.push({ kind: 'alias', tenancy: { account, region }, alias: alias.name });
    }
    this.#events.keyChanged(key, undefined);
    return gone;
  }

  #customerKeys({ account, region }: Tenancy): number {
    const counts = (key: KmsKey): boolean =>
      key.account === account && key.region === region && key.manager === 'CUSTOMER';
    return [...this.#tables.keys.values()].filter(counts).length;
  }
}

function changeOf({ region, id }: KeyName): Change {
  return { kind: 'key', name: { region, id } };
}
