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
} from '@keywarden/grants';
import { type Region, type Result, type Tenancy, accept, refuse } from '@keywarden/kernel';
import { type KeyName, type KeyNotFound, type KmsKey, keyNotFound } from '@keywarden/keys';
import { announce } from './announced-changes';
import type { Database } from './database';
import { type GrantRow, grantOf, grantValues, partyText, termsDigest } from './grant-row';
import {
  countGrantIn,
  countGrantOut,
  deleteGrant,
  findGrant,
  findGrantsOfGrantees,
  findSameGrant,
  insertGrant,
  listGrants,
  listGrantsOfGrantee,
  listRetirableGrants,
  lockKeyOfGrant,
  readGrantCount,
} from './grant-statements';
import { holdKey } from './held-keys';
import type { PostgresEventLog } from './postgres-event-log';
import type { Queries, Transaction } from './statement';

/** Grants in the table `grants`. Keys are locked before grants, everywhere, so that calls do not block each other. */
export class PostgresGrantRepository implements GrantRepository {
  readonly #database: Database;
  readonly #events: PostgresEventLog;

  constructor(database: Database, events: PostgresEventLog) {
    this.#database = database;
    this.#events = events;
  }

  create<R>(
    name: Tenancy & KeyName,
    terms: GrantTerms,
    decide: (key: KmsKey, existing: GrantsOfKey) => Result<Grant, R>,
  ): Promise<Result<Grant, R | KeyNotFound>> {
    return this.#database.transaction<Grant, R | KeyNotFound>(async (queries) => {
      const key = await holdKey(queries, name);
      if (key === undefined) return refuse(keyNotFound(name));
      const existing = await grantsOf(queries, name, terms);
      const decided = decide(key, existing);
      if (!decided.ok || decided.value === existing.same) return decided;
      assertOnKey(name, decided.value);
      await queries.query(insertGrant, grantValues(decided.value));
      await queries.query(countGrantIn, [name.region, name.id]);
      await this.#events.happened(queries, grantOfKey('created', decided.value));
      await announceKey(queries, name);
      return decided;
    });
  }

  find(key: KeyName, id: GrantId): Promise<Grant | undefined> {
    return readGrant(this.#database, key, id);
  }

  async remove(key: KeyName, id: GrantId, ending: GrantEnding): Promise<Grant | undefined> {
    const removed = await this.#database.transaction<Grant | undefined, never>(async (queries) => {
      await queries.query(lockKeyOfGrant, [key.region, key.id]);
      const { rows } = await queries.query<GrantRow>(deleteGrant, [key.region, key.id, id]);
      const row = rows[0];
      if (row === undefined) return accept(undefined);
      const grant = grantOf(row);
      await queries.query(countGrantOut, [key.region, key.id]);
      await this.#events.happened(queries, grantOfKey(ending, grant));
      await announceKey(queries, key);
      return accept(grant);
    });
    return removed.ok ? removed.value : undefined;
  }

  async list(key: KeyName, { grantId, grantee, after, limit }: GrantQuery): Promise<readonly Grant[]> {
    const wanted = grantee && partyText(grantee);
    if (grantId !== undefined) {
      const grant = await this.find(key, grantId);
      const fits = grant !== undefined && limit > 0 && (after === undefined || grant.id > after);
      return fits && (wanted === undefined || partyText(grant.grantee) === wanted) ? [grant] : [];
    }
    const page = [key.region, key.id, after ?? '', limit];
    const { rows } =
      wanted === undefined
        ? await this.#database.query<GrantRow>(listGrants, page)
        : await this.#database.query<GrantRow>(listGrantsOfGrantee, [...page, wanted]);
    return rows.map(grantOf);
  }

  async listRetirable(
    region: Region,
    { retiring, keysOf, after, limit }: RetirableGrantsQuery,
  ): Promise<readonly Grant[]> {
    const values = [region, partyText(retiring), after ?? '', limit, keysOf ?? null];
    const { rows } = await this.#database.query<GrantRow>(listRetirableGrants, values);
    return rows.map(grantOf);
  }

  async ofGrantees({ region, id }: KeyName, grantees: readonly GrantParty[]): Promise<readonly Grant[]> {
    const values = [region, id, grantees.map(partyText)];
    const { rows } = await this.#database.query<GrantRow>(findGrantsOfGrantees, values);
    return rows.map(grantOf);
  }

  count(key: KeyName): Promise<number> {
    return countOf(this.#database, key);
  }
}

async function readGrant(queries: Queries, { region, id: keyId }: KeyName, id: GrantId): Promise<Grant | undefined> {
  const { rows } = await queries.query<GrantRow>(findGrant, [region, keyId, id]);
  return rows[0] && grantOf(rows[0]);
}

/** Exact while the key is held, because whoever adds or removes a grant holds it too. */
async function grantsOf(queries: Queries, key: KeyName, terms: GrantTerms): Promise<GrantsOfKey> {
  const count = await countOf(queries, key);
  const digest = termsDigest(terms);
  if (digest === undefined) return { count };
  const { rows } = await queries.query<GrantRow>(findSameGrant, [key.region, key.id, digest]);
  return rows[0] === undefined ? { count } : { count, same: grantOf(rows[0]) };
}

async function countOf(queries: Queries, { region, id }: KeyName): Promise<number> {
  const { rows } = await queries.query<{ readonly grants: number }>(readGrantCount, [region, id]);
  return rows[0]?.grants ?? 0;
}

function announceKey(queries: Transaction, { region, id }: KeyName): Promise<void> {
  return announce(queries, [{ kind: 'key', name: { region, id } }]);
}

/** @throws Error when the decision was about another key: that is a bug, not a refusal */
function assertOnKey({ account, region, id }: Tenancy & KeyName, { key }: Grant): void {
  const same = key.account === account && key.region === region && key.id === id;
  if (!same) throw new Error('a decision must not name another key');
}
