import { grantOfKey } from '@keywarden/events';
import {
  type Grant,
  type GrantEnding,
  type GrantId,
  type GrantParty,
  type GrantQuery,
  type GrantRepository,
  type GrantTerms,
  type GrantsOfKey,
  type RetirableGrantsQuery,
  partyName,
  sameTerms,
} from '@keywarden/grants';
import { type Region, type Result, type Tenancy, refuse } from '@keywarden/kernel';
import { type KeyName, type KeyNotFound, type KmsKey, keyNotFound } from '@keywarden/keys';
import type { InMemoryChangeFeed } from './in-memory-change-feed';
import type { InMemoryEventLog } from './in-memory-event-log';
import { type Tables, compareText, copyOf, keyRow } from './tables';

/** Grants in a Map for each key. */
export class InMemoryGrantRepository implements GrantRepository {
  readonly #tables: Tables;
  readonly #feed: InMemoryChangeFeed;
  readonly #events: InMemoryEventLog;

  constructor(tables: Tables, feed: InMemoryChangeFeed, events: InMemoryEventLog) {
    this.#tables = tables;
    this.#feed = feed;
    this.#events = events;
  }

  async create<R>(
    name: Tenancy & KeyName,
    terms: GrantTerms,
    decide: (key: KmsKey, existing: GrantsOfKey) => Result<Grant, R>,
  ): Promise<Result<Grant, R | KeyNotFound>> {
    const key = copyOf(this.#tables.keys.get(keyRow(name)));
    if (key?.account !== name.account) return refuse(keyNotFound(name));
    const grants = this.#tables.grants.get(keyRow(name)) ?? new Map<GrantId, Grant>();
    const same =
      terms.name === undefined ? undefined : copyOf([...grants.values()].find((grant) => sameTerms(grant, terms)));
    const decided = decide(key, same === undefined ? { count: grants.size } : { count: grants.size, same });
    if (!decided.ok || decided.value === same) return decided;
    const grant = decided.value;
    const sameKey = keyRow(grant.key) === keyRow(name) && grant.key.account === name.account;
    if (!sameKey) throw new Error('a decision must not name another key');
    if (grants.has(grant.id)) throw new Error('a grant with this id is stored already');
    this.#tables.grants.set(keyRow(name), grants.set(grant.id, copyOf(grant)));
    this.#events.happened(grantOfKey('created', grant));
    this.#announce(name);
    return decided;
  }

  async find(key: KeyName, id: GrantId): Promise<Grant | undefined> {
    return copyOf(this.#tables.grants.get(keyRow(key))?.get(id));
  }

  async remove(key: KeyName, id: GrantId, ending: GrantEnding): Promise<Grant | undefined> {
    const grants = this.#tables.grants.get(keyRow(key));
    const grant = grants?.get(id);
    if (grant === undefined || grants === undefined) return undefined;
    grants.delete(id);
    this.#events.happened(grantOfKey(ending, grant));
    this.#announce(key);
    return grant;
  }

  async list(key: KeyName, { grantId, grantee, after, limit }: GrantQuery): Promise<readonly Grant[]> {
    const wanted = grantee && partyName(grantee);
    const found = this.#of(key).filter(
      (grant) =>
        (grantId === undefined || grant.id === grantId) &&
        (wanted === undefined || partyName(grant.grantee) === wanted) &&
        (after === undefined || grant.id > after),
    );
    return page(found, limit);
  }

  async listRetirable(
    region: Region,
    { retiring, keysOf, after, limit }: RetirableGrantsQuery,
  ): Promise<readonly Grant[]> {
    const wanted = partyName(retiring);
    const found = [...this.#tables.grants.values()]
      .flatMap((grants) => [...grants.values()])
      .filter((grant) => grant.key.region === region && grant.retiring && partyName(grant.retiring) === wanted)
      .filter((grant) => keysOf === undefined || grant.key.account === keysOf)
      .filter((grant) => after === undefined || grant.id > after);
    return page(found, limit);
  }

  async ofGrantees(key: KeyName, grantees: readonly GrantParty[]): Promise<readonly Grant[]> {
    const wanted = new Set(grantees.map(partyName));
    const found = this.#of(key).filter(({ grantee }) => wanted.has(partyName(grantee)));
    return found.sort((left, right) => left.createdAt - right.createdAt || compareText(left.id, right.id)).map(copyOf);
  }

  async count(key: KeyName): Promise<number> {
    return this.#of(key).length;
  }

  #of(key: KeyName): Grant[] {
    return [...(this.#tables.grants.get(keyRow(key))?.values() ?? [])];
  }

  #announce({ region, id }: KeyName): void {
    this.#feed.announce([{ kind: 'key', name: { region, id } }]);
  }
}

function page(found: Grant[], limit: number): readonly Grant[] {
  return found
    .sort((left, right) => compareText(left.id, right.id))
    .slice(0, limit)
    .map(copyOf);
}
