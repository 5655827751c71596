import {
  type LinkTargetMissing,
  type NameTaken,
  type Principal,
  type PrincipalByKind,
  type PrincipalKind,
  type PrincipalListQuery,
  type PrincipalNotFound,
  type PrincipalRepository,
  type PrincipalUses,
  type QuotaReached,
  type Relation,
  linksOf,
  nameKey,
} from '@keywarden/identity';
import { type AccountId, type Result, accept, refuse } from '@keywarden/kernel';
import type { IdentityTables } from './identity-tables';
import type { InMemoryChangeFeed } from './in-memory-change-feed';
import { compareText, copyOf } from './tables';

const targetKinds = { attached: 'policy', boundary: 'policy', member: 'group' } as const;

/** Users, groups, roles and managed policies in a Map. */
export class InMemoryPrincipalRepository implements PrincipalRepository {
  readonly #tables: IdentityTables;
  readonly #feed: InMemoryChangeFeed;

  constructor(tables: IdentityTables, feed: InMemoryChangeFeed) {
    this.#tables = tables;
    this.#feed = feed;
  }

  async find<K extends PrincipalKind>(
    account: AccountId,
    kind: K,
    name: string,
  ): Promise<PrincipalByKind[K] | undefined> {
    return copyOf(this.#find(account, kind, name));
  }

  async findMany(ids: readonly string[]): Promise<readonly Principal[]> {
    const found = [...new Set(ids)].sort(compareText).map((id) => this.#tables.principals.get(id));
    return found.filter((principal) => principal !== undefined).map(copyOf);
  }

  async insert(
    principal: Principal,
    limit: number,
  ): Promise<Result<void, NameTaken | QuotaReached | LinkTargetMissing>> {
    const { account, kind, name, id } = principal;
    if (this.#find(account, kind, name) !== undefined) return refuse({ code: 'NameTaken' });
    if (this.#ofKind(account, kind).length >= limit) return refuse({ code: 'QuotaReached' });
    if (this.#linksToNothing(principal)) return refuse({ code: 'LinkTargetMissing' });
    if (this.#tables.principals.has(id)) throw new Error('a principal with this id is stored already');
    if (!this.#tables.accounts.has(account)) throw new Error('a principal needs its account');
    const former = this.#tables.formerNames.has(nameSlot(principal));
    const stored = former ? { ...principal, namedSince: principal.createdAt } : principal;
    this.#tables.principals.set(id, copyOf(stored));
    return accept(undefined);
  }

  async update<K extends PrincipalKind, R>(
    account: AccountId,
    kind: K,
    name: string,
    decide: (principal: PrincipalByKind[K]) => Result<PrincipalByKind[K], R>,
  ): Promise<Result<PrincipalByKind[K], R | PrincipalNotFound | NameTaken | LinkTargetMissing>> {
    const before = copyOf(this.#find(account, kind, name));
    if (before === undefined) return refuse({ code: 'PrincipalNotFound' });
    const decided = decide(before);
    if (!decided.ok || decided.value === before) return decided;
    const after: Principal = decided.value;
    assertSame(before, after);
    const named = this.#find(account, kind, after.name);
    if (named !== undefined && named.id !== before.id) return refuse({ code: 'NameTaken' });
    if (this.#linksToNothing(after)) return refuse({ code: 'LinkTargetMissing' });
    this.#tables.principals.set(after.id, copyOf(after));
    if (nameSlot(after) !== nameSlot(before)) this.#tables.formerNames.add(nameSlot(before));
    this.#announce(after);
    return decided;
  }

  async remove<K extends PrincipalKind, R>(
    account: AccountId,
    kind: K,
    name: string,
    decide: (principal: PrincipalByKind[K], uses: PrincipalUses) => Result<void, R>,
  ): Promise<Result<PrincipalByKind[K], R | PrincipalNotFound>> {
    const before = copyOf(this.#find(account, kind, name));
    if (before === undefined) return refuse({ code: 'PrincipalNotFound' });
    const uses = this.#usesOf(before.id);
    const decided = decide(before, uses);
    if (!decided.ok) return decided;
    if (Object.values(uses).some((count) => count > 0)) throw new Error('others point at this principal');
    this.#tables.principals.delete(before.id);
    this.#tables.formerNames.add(nameSlot(before));
    this.#announce(before);
    return accept(before);
  }

  async list<K extends PrincipalKind>(
    account: AccountId,
    kind: K,
    { pathPrefix = '/', after = '', limit }: PrincipalListQuery,
  ): Promise<readonly PrincipalByKind[K][]> {
    return this.#ofKind(account, kind)
      .filter(({ name, path }) => nameKey(name) > after && path.startsWith(pathPrefix))
      .sort((left, right) => compareText(nameKey(left.name), nameKey(right.name)))
      .slice(0, limit)
      .map(copyOf);
  }

  async listReferring(
    to: Pick<Principal, 'account' | 'id'>,
    relation: Relation,
    { after = '', limit }: { readonly after?: string; readonly limit: number },
  ): Promise<readonly Principal[]> {
    return this.#referring(to.id, relation)
      .filter(({ account, id }) => account === to.account && id > after)
      .sort((left, right) => compareText(left.id, right.id))
      .slice(0, limit)
      .map(copyOf);
  }

  async countUses(ids: readonly string[]): Promise<readonly PrincipalUses[]> {
    return ids.map((id) => this.#usesOf(id));
  }

  #find<K extends PrincipalKind>(account: AccountId, kind: K, name: string): PrincipalByKind[K] | undefined {
    return this.#ofKind(account, kind).find((principal) => nameKey(principal.name) === nameKey(name));
  }

  #ofKind<K extends PrincipalKind>(account: AccountId, kind: K): PrincipalByKind[K][] {
    const isOne = (principal: Principal): principal is PrincipalByKind[K] =>
      principal.account === account && principal.kind === kind;
    return [...this.#tables.principals.values()].filter(isOne);
  }

  #referring(id: string, relation: Relation): Principal[] {
    return [...this.#tables.principals.values()].filter((principal) =>
      linksOf(principal).some((link) => link.relation === relation && link.to === id),
    );
  }

  #usesOf(id: string): PrincipalUses {
    return {
      attachments: this.#referring(id, 'attached').length,
      boundaries: this.#referring(id, 'boundary').length,
      members: this.#referring(id, 'member').length,
      accessKeys: [...this.#tables.accessKeys.values()].filter(({ userId }) => userId === id).length,
    };
  }

  #linksToNothing(principal: Principal): boolean {
    return linksOf(principal).some(({ relation, to }) => {
      const target = this.#tables.principals.get(to);
      return target?.account !== principal.account || target.kind !== targetKinds[relation];
    });
  }

  #announce({ account, id }: Principal): void {
    this.#feed.announce([{ kind: 'principal', account, principalId: id }]);
  }
}

function nameSlot({ account, kind, name }: Pick<Principal, 'account' | 'kind' | 'name'>): string {
  return `${account}/${kind}/${nameKey(name)}`;
}

/** @throws Error when the decision was about another principal: that is a bug, not a refusal */
function assertSame(before: Principal, after: Principal): void {
  const same =
    before.id === after.id &&
    before.account === after.account &&
    before.kind === after.kind &&
    before.createdAt === after.createdAt;
  if (!same) throw new Error('a decision must not turn a principal into another');
}
