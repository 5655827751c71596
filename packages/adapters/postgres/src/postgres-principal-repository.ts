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
import { announce, unchanged } from './announced-changes';
import type { Database } from './database';
import { type ConstraintRefusals, refusedByConstraint } from './constraint-refusals';
import {
  type PrincipalRow,
  type UsesRow,
  principalOf,
  principalOfKind,
  principalValues,
  usesOf,
} from './principal-row';
import {
  countPrincipals,
  countUses,
  deleteLinks,
  deletePrincipal,
  findFormerName,
  findPrincipal,
  findPrincipals,
  holdAccount,
  holdPrincipal,
  holdPrincipalAlone,
  insertLinks,
  insertPrincipal,
  keepFormerName,
  listPrincipals,
  listReferring,
  updatePrincipal,
} from './principal-statements';
import type { Queries, Transaction } from './statement';

const constraints: ConstraintRefusals<NameTaken | LinkTargetMissing> = {
  principals_name: { code: 'NameTaken' },
  principal_links_to: { code: 'LinkTargetMissing' },
  principal_links_ends: { code: 'LinkTargetMissing' },
};

/** Users, groups, roles and managed policies in `principals`, what they point at in `principal_links`. */
export class PostgresPrincipalRepository implements PrincipalRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async find<K extends PrincipalKind>(
    account: AccountId,
    kind: K,
    name: string,
  ): Promise<PrincipalByKind[K] | undefined> {
    if (name.includes('\0')) return undefined;
    const { rows } = await this.#database.query<PrincipalRow>(findPrincipal, [account, kind, nameKey(name)]);
    return rows[0] && principalOfKind(kind, rows[0]);
  }

  async findMany(ids: readonly string[]): Promise<readonly Principal[]> {
    if (ids.length === 0) return [];
    const { rows } = await this.#database.query<PrincipalRow>(findPrincipals, [[...ids]]);
    return rows.map(principalOf);
  }

  insert(principal: Principal, limit: number): Promise<Result<void, NameTaken | QuotaReached | LinkTargetMissing>> {
    const { account, kind } = principal;
    return refusedByConstraint(constraints, () =>
      this.#database.transaction<void, QuotaReached>(async (queries) => {
        await queries.query(holdAccount, [account]);
        const { rows } = await queries.query<{ readonly present: number }>(countPrincipals, [account, kind]);
        // A name that is taken is told before the quota: the insert would fail on it anyway.
        const named = await queries.query(findPrincipal, [account, kind, nameKey(principal.name)]);
        if (named.count === 0 && (rows[0]?.present ?? 0) >= limit) return refuse({ code: 'QuotaReached' });
        const former = await queries.query(findFormerName, [account, kind, nameKey(principal.name)]);
        const stored = former.count === 0 ? principal : { ...principal, namedSince: principal.createdAt };
        await queries.query(insertPrincipal, principalValues(stored));
        await putLinks(queries, principal);
        return accept(undefined);
      }),
    );
  }

  update<K extends PrincipalKind, R>(
    account: AccountId,
    kind: K,
    name: string,
    decide: (principal: PrincipalByKind[K]) => Result<PrincipalByKind[K], R>,
  ): Promise<Result<PrincipalByKind[K], R | PrincipalNotFound | NameTaken | LinkTargetMissing>> {
    return refusedByConstraint(constraints, () =>
      this.#database.transaction<PrincipalByKind[K], R | PrincipalNotFound>(async (queries) => {
        const { rows } = await queries.query<PrincipalRow>(holdPrincipal, [account, kind, nameKey(name)]);
        if (rows[0] === undefined) return refuse({ code: 'PrincipalNotFound' });
        const before = principalOfKind(kind, rows[0]);
        const decided = decide(before);
        if (!decided.ok) return decided;
        if (decided.value === before) return await unchanged(queries, decided);
        const after: Principal = decided.value;
        const { count } = await queries.query(updatePrincipal, principalValues(after));
        if (count !== 1 || after.id !== before.id) throw new Error('a decision must not turn a principal into another');
        if (nameKey(after.name) !== nameKey(before.name)) await keepName(queries, before);
        await replaceLinks(queries, before, after);
        await announcePrincipal(queries, after);
        return decided;
      }),
    );
  }

  async remove<K extends PrincipalKind, R>(
    account: AccountId,
    kind: K,
    name: string,
    decide: (principal: PrincipalByKind[K], uses: PrincipalUses) => Result<void, R>,
  ): Promise<Result<PrincipalByKind[K], R | PrincipalNotFound>> {
    return this.#database.transaction<PrincipalByKind[K], R | PrincipalNotFound>(async (queries) => {
      const { rows } = await queries.query<PrincipalRow>(holdPrincipalAlone, [account, kind, nameKey(name)]);
      if (rows[0] === undefined) return refuse({ code: 'PrincipalNotFound' });
      const before = principalOfKind(kind, rows[0]);
      const uses = await queries.query<UsesRow>(countUses, [[before.id]]);
      const decided = decide(before, usesOf(uses.rows[0]));
      if (!decided.ok) return decided;
      await queries.query(deletePrincipal, [before.id]);
      await keepName(queries, before);
      await announcePrincipal(queries, before);
      return accept(before);
    });
  }

  async list<K extends PrincipalKind>(
    account: AccountId,
    kind: K,
    { pathPrefix = '/', after = '', limit }: PrincipalListQuery,
  ): Promise<readonly PrincipalByKind[K][]> {
    const values = [account, kind, after, pathPrefix, limit];
    const { rows } = await this.#database.query<PrincipalRow>(listPrincipals, values);
    return rows.map((row) => principalOfKind(kind, row));
  }

  async listReferring(
    to: Pick<Principal, 'account' | 'id'>,
    relation: Relation,
    { after = '', limit }: { readonly after?: string; readonly limit: number },
  ): Promise<readonly Principal[]> {
    const values = [to.account, to.id, relation, after, limit];
    const { rows } = await this.#database.query<PrincipalRow>(listReferring, values);
    return rows.map(principalOf);
  }

  async countUses(ids: readonly string[]): Promise<readonly PrincipalUses[]> {
    if (ids.length === 0) return [];
    const { rows } = await this.#database.query<UsesRow>(countUses, [[...ids]]);
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => usesOf(byId.get(id)));
  }
}

async function replaceLinks(queries: Queries, before: Principal, after: Principal): Promise<void> {
  if (JSON.stringify(linksOf(before)) === JSON.stringify(linksOf(after))) return;
  await queries.query(deleteLinks, [after.id]);
  await putLinks(queries, after);
}

async function keepName(queries: Queries, { account, kind, name }: Principal): Promise<void> {
  await queries.query(keepFormerName, [account, kind, nameKey(name)]);
}

async function putLinks(queries: Queries, principal: Principal): Promise<void> {
  const links = linksOf(principal);
  if (links.length === 0) return;
  const columns = [links.map(({ relation }) => relation), links.map(({ to }) => to)];
  await queries.query(insertLinks, [principal.account, principal.id, ...columns]);
}

function announcePrincipal(queries: Transaction, { account, id }: Principal): Promise<void> {
  return announce(queries, [{ kind: 'principal', account, principalId: id }]);
}
