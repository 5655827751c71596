import { aliasMoved, aliasOfKey } from '@keywarden/events';
import { type AliasName, type KeyId, type Result, type Tenancy, accept, aliasArn, refuse } from '@keywarden/kernel';
import {
  type Alias,
  type AliasRefusal,
  type AliasRepository,
  type KeyNotFound,
  type KmsKey,
  aliasNotFound,
  keyNotFound,
} from '@keywarden/keys';
import type { InMemoryChangeFeed } from './in-memory-change-feed';
import type { InMemoryEventLog } from './in-memory-event-log';
import { type Tables, aliasRow, compareText, copyOf, keyRow } from './tables';

/** Aliases in a Map. */
export class InMemoryAliasRepository implements AliasRepository {
  readonly #tables: Tables;
  readonly #feed: InMemoryChangeFeed;
  readonly #events: InMemoryEventLog;

  constructor(tables: Tables, feed: InMemoryChangeFeed, events: InMemoryEventLog) {
    this.#tables = tables;
    this.#feed = feed;
    this.#events = events;
  }

  async find({ account, region }: Tenancy, name: AliasName): Promise<Alias | undefined> {
    return copyOf(this.#tables.aliases.get(aliasRow(account, region, name)));
  }

  async create<R>(
    tenancy: Tenancy,
    name: AliasName,
    target: KeyId,
    decide: (target: KmsKey, aliasesOfTarget: number) => Result<Alias, R>,
  ): Promise<Result<Alias, R | AliasRefusal | KeyNotFound>> {
    const key = this.#key(tenancy, target);
    if (key === undefined) return refuse(keyNotFound({ ...tenancy, id: target }));
    if (this.#tables.aliases.has(aliasRow(tenancy.account, tenancy.region, name))) {
      return refuse({ code: 'AliasExists', aliasArn: aliasArn(tenancy, name) });
    }
    const decided = decide(key, this.#aliasesOf(key));
    if (!decided.ok) return decided;
    this.#put(tenancy, name, target, decided.value);
    this.#events.happened(aliasOfKey('AliasCreated', decided.value));
    return decided;
  }

  async update<R>(
    tenancy: Tenancy,
    name: AliasName,
    target: KeyId,
    decide: (alias: Alias, oldTarget: KmsKey, target: KmsKey, aliasesOfTarget: number) => Result<Alias, R>,
  ): Promise<Result<Alias, R | AliasRefusal | KeyNotFound>> {
    const alias = await this.find(tenancy, name);
    const oldTarget = alias && this.#key(tenancy, alias.targetKeyId);
    if (alias === undefined || oldTarget === undefined) return refuse(aliasNotFound(tenancy, name));
    const key = this.#key(tenancy, target);
    if (key === undefined) return refuse(keyNotFound({ ...tenancy, id: target }));
    const decided = decide(alias, oldTarget, key, this.#aliasesOf(key));
    if (!decided.ok || decided.value === alias) return decided;
    this.#put(tenancy, name, target, decided.value);
    this.#events.happened(...aliasMoved(alias, decided.value));
    return decided;
  }

  async remove(tenancy: Tenancy, name: AliasName): Promise<Result<Alias, AliasRefusal>> {
    const row = aliasRow(tenancy.account, tenancy.region, name);
    const alias = this.#tables.aliases.get(row);
    if (alias === undefined) return refuse(aliasNotFound(tenancy, name));
    this.#tables.aliases.delete(row);
    this.#events.happened(aliasOfKey('AliasDeleted', alias));
    this.#announce(alias);
    return accept(alias);
  }

  async list(
    { account, region }: Tenancy,
    { target, after, limit }: { readonly target?: KeyId; readonly after?: AliasName; readonly limit: number },
  ): Promise<readonly Alias[]> {
    return [...this.#tables.aliases.values()]
      .filter((alias) => alias.account === account && alias.region === region)
      .filter((alias) => target === undefined || alias.targetKeyId === target)
      .filter((alias) => after === undefined || alias.name > after)
      .sort((left, right) => compareText(left.name, right.name))
      .slice(0, limit)
      .map(copyOf);
  }

  #key({ account, region }: Tenancy, id: KeyId): KmsKey | undefined {
    const key = this.#tables.keys.get(keyRow({ region, id }));
    return key?.account === account ? copyOf(key) : undefined;
  }

  #aliasesOf({ account, region, id }: KmsKey): number {
    return [...this.#tables.aliases.values()].filter(
      (alias) => alias.account === account && alias.region === region && alias.targetKeyId === id,
    ).length;
  }

  /** @throws Error when the decision was about another alias or target: that is a bug, not a refusal */
  #put({ account, region }: Tenancy, name: AliasName, target: KeyId, alias: Alias): void {
    const same = alias.account === account && alias.region === region && alias.name === name;
    if (!same || alias.targetKeyId !== target) throw new Error('a decision must not name another alias or target');
    this.#tables.aliases.set(aliasRow(account, region, name), copyOf(alias));
    this.#announce(alias);
  }

  #announce({ account, region, name }: Alias): void {
    this.#feed.announce([{ kind: 'alias', tenancy: { account, region }, alias: name }]);
  }
}
