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
import { type AliasRow, aliasOf, aliasValues } from './alias-row';
import {
  countAliasesOfTarget,
  deleteAlias,
  findAlias,
  insertAlias,
  listAliases,
  listAliasesOfTarget,
  lockAlias,
  updateAliasRow,
} from './alias-statements';
import { announce, unchanged } from './announced-changes';
import type { Database } from './database';
import { holdKey } from './held-keys';
import { lockKey } from './key-statements';
import { ChangedMeanwhile } from './pg-errors';
import type { PostgresEventLog } from './postgres-event-log';
import type { Queries, Statement, Transaction } from './statement';

/** Aliases in the table `aliases`. Keys are locked before aliases, everywhere, so that calls do not block each other. */
export class PostgresAliasRepository implements AliasRepository {
  readonly #database: Database;
  readonly #events: PostgresEventLog;

  constructor(database: Database, events: PostgresEventLog) {
    this.#database = database;
    this.#events = events;
  }

  find(tenancy: Tenancy, name: AliasName): Promise<Alias | undefined> {
    return readAlias(this.#database, findAlias, tenancy, name);
  }

  create<R>(
    tenancy: Tenancy,
    name: AliasName,
    target: KeyId,
    decide: (target: KmsKey, aliasesOfTarget: number) => Result<Alias, R>,
  ): Promise<Result<Alias, R | AliasRefusal | KeyNotFound>> {
    return this.#database.transaction<Alias, R | AliasRefusal | KeyNotFound>(async (queries) => {
      const key = await holdKey(queries, { ...tenancy, id: target });
      if (key === undefined) return refuse(keyNotFound({ ...tenancy, id: target }));
      const exists = refuse({ code: 'AliasExists', aliasArn: aliasArn(tenancy, name) } as const);
      if ((await readAlias(queries, findAlias, tenancy, name)) !== undefined) return exists;
      const decided = decide(key, await aliasesOf(queries, key));
      if (!decided.ok) return decided;
      assertSameAlias(tenancy, name, target, decided.value);
      // Another transaction may be creating the same alias for another key: then this waits for its end.
      const inserted = await queries.query(insertAlias, aliasValues(decided.value));
      if (inserted.count === 0) return exists;
      await this.#events.happened(queries, aliasOfKey('AliasCreated', decided.value));
      await announceAlias(queries, decided.value);
      return decided;
    });
  }

  update<R>(
    tenancy: Tenancy,
    name: AliasName,
    target: KeyId,
    decide: (alias: Alias, oldTarget: KmsKey, target: KmsKey, aliasesOfTarget: number) => Result<Alias, R>,
  ): Promise<Result<Alias, R | AliasRefusal | KeyNotFound>> {
    return this.#database.transaction<Alias, R | AliasRefusal | KeyNotFound>(async (queries) => {
      const seen = await readAlias(queries, findAlias, tenancy, name);
      if (seen === undefined) return refuse(aliasNotFound(tenancy, name));
      const held = await holdKeys(queries, tenancy, [seen.targetKeyId, target]);
      const alias = await readAlias(queries, lockAlias, tenancy, name);
      if (alias === undefined) return refuse(aliasNotFound(tenancy, name));
      if (alias.targetKeyId !== seen.targetKeyId) throw new ChangedMeanwhile('the alias was moved');
      const [oldTarget, key] = [held.get(alias.targetKeyId), held.get(target)];
      if (oldTarget === undefined) throw new ChangedMeanwhile('the target of the alias was replaced');
      if (key === undefined) return refuse(keyNotFound({ ...tenancy, id: target }));
      const decided = decide(alias, oldTarget, key, await aliasesOf(queries, key));
      if (!decided.ok) return decided;
      if (decided.value === alias) return await unchanged(queries, decided);
      assertSameAlias(tenancy, name, target, decided.value);
      await queries.query(updateAliasRow, aliasValues(decided.value));
      await this.#events.happened(queries, ...aliasMoved(alias, decided.value));
      await announceAlias(queries, decided.value);
      return decided;
    });
  }

  remove(tenancy: Tenancy, name: AliasName): Promise<Result<Alias, AliasRefusal>> {
    return this.#database.transaction<Alias, AliasRefusal>(async (queries) => {
      const seen = await readAlias(queries, findAlias, tenancy, name);
      // The key it names is held first: the order of a key's events is the order in which it was held.
      if (seen !== undefined) await queries.query(lockKey, [tenancy.region, seen.targetKeyId, tenancy.account]);
      const alias = await readAlias(queries, deleteAlias, tenancy, name);
      if (alias === undefined) return refuse(aliasNotFound(tenancy, name));
      if (alias.targetKeyId !== seen?.targetKeyId) throw new ChangedMeanwhile('the alias was moved');
      await this.#events.happened(queries, aliasOfKey('AliasDeleted', alias));
      await announceAlias(queries, alias);
      return accept(alias);
    });
  }

  async list(
    { account, region }: Tenancy,
    { target, after, limit }: { readonly target?: KeyId; readonly after?: AliasName; readonly limit: number },
  ): Promise<readonly Alias[]> {
    const start = after ?? '';
    const { rows } =
      target === undefined
        ? await this.#database.query<AliasRow>(listAliases, [account, region, start, limit])
        : await this.#database.query<AliasRow>(listAliasesOfTarget, [account, region, start, limit, target]);
    return rows.map(aliasOf);
  }
}

async function readAlias(
  queries: Queries,
  statement: Statement,
  { account, region }: Tenancy,
  name: AliasName,
): Promise<Alias | undefined> {
  const { rows } = await queries.query<AliasRow>(statement, [account, region, name]);
  return rows[0] && aliasOf(rows[0]);
}

/** Locks the keys in the order of their ids. */
async function holdKeys(
  queries: Queries,
  tenancy: Tenancy,
  ids: readonly KeyId[],
): Promise<ReadonlyMap<KeyId, KmsKey>> {
  const held = new Map<KeyId, KmsKey>();
  for (const id of [...new Set(ids)].sort()) {
    const key = await holdKey(queries, { ...tenancy, id });
    if (key !== undefined) held.set(id, key);
  }
  return held;
}

/** Exact while the key is held, because every alias that comes to it holds it too. */
async function aliasesOf(queries: Queries, { account, region, id }: KmsKey): Promise<number> {
  const { rows } = await queries.query<{ readonly aliases: number }>(countAliasesOfTarget, [account, region, id]);
  return rows[0]?.aliases ?? 0;
}

function announceAlias(queries: Transaction, { account, region, name }: Alias): Promise<void> {
  return announce(queries, [{ kind: 'alias', tenancy: { account, region }, alias: name }]);
}

/** @throws Error when the decision was about another alias or target: that is a bug, not a refusal */
function assertSameAlias({ account, region }: Tenancy, name: AliasName, target: KeyId, alias: Alias): void {
  const same = alias.account === account && alias.region === region && alias.name === name;
  if (!same || alias.targetKeyId !== target) throw new Error('a decision must not name another alias or target');
}
