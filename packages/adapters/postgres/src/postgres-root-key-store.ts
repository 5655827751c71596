import type { DomainKeyCounts, RegisterEntry, RootKeyState, RootKeyStore, StoredDomainKey } from '@keywarden/crypto';
import { type Result, accept } from '@keywarden/kernel';
import type { Database } from './database';
import { type DomainKeyRow, domainKeyColumns, domainKeyOf } from './domain-key-row';
import { lockRootKeys } from './root-key-lock';
import {
  type ProviderRow,
  type RegisterRow,
  type RootKeyRow,
  type WrappingRow,
  providerOf,
  registerEntryOf,
  rootKeyOf,
  wrappingOf,
} from './root-key-row';
import { type Queries, statement } from './statement';

/** All four lists in one statement, so that they are of one moment. */
const readState = statement(
  'read_root_keys',
  `SELECT
     (SELECT coalesce(json_agg(json_build_object('id', id, 'status', status, 'created_at', created_at)
        ORDER BY created_at, id), '[]') FROM root_keys) AS roots,
     (SELECT coalesce(json_agg(json_build_object('id', id, 'kind', kind, 'parameters', parameters,
        'created_at', created_at) ORDER BY created_at, id), '[]') FROM root_key_providers) AS providers,
     (SELECT coalesce(json_agg(json_build_object('root_key_id', root_key_id, 'provider_id', provider_id,
        'wrapped', encode(wrapped, 'hex'), 'vouched', encode(vouched, 'hex')) ORDER BY root_key_id, provider_id), '[]')
        FROM root_key_wrappings) AS wrappings,
     (SELECT coalesce(json_agg(json_build_object('version', version, 'previous', encode(previous, 'hex'),
        'root_key_id', root_key_id, 'verification_key', encode(verification_key, 'hex'),
        'members', encode(members, 'hex'), 'signature', encode(signature, 'hex'),
        'endorsement', encode(endorsement, 'hex')) ORDER BY version), '[]') FROM root_key_register) AS register`,
);
const countUnder = statement(
  'count_domain_keys',
  'SELECT root_key_id, count(*) AS keys FROM domain_keys GROUP BY root_key_id',
);
const clear = ['root_key_wrappings', 'root_keys', 'root_key_providers'].map((table) =>
  statement(`clear_${table}`, `DELETE FROM ${table}`),
);
const insertRoot = statement('insert_root_key', 'INSERT INTO root_keys (id, status, created_at) VALUES ($1, $2, $3)');
const insertProvider = statement(
  'insert_root_key_provider',
  'INSERT INTO root_key_providers (id, kind, parameters, created_at) VALUES ($1, $2, $3, $4)',
);
const insertWrapping = statement(
  'insert_root_key_wrapping',
  'INSERT INTO root_key_wrappings (root_key_id, provider_id, wrapped, vouched) VALUES ($1, $2, $3, $4)',
);
const insertEntry = statement(
  'insert_root_key_register',
  `INSERT INTO root_key_register (version, previous, root_key_id, verification_key, members, signature, endorsement)
   VALUES ($1, $2, $3, $4, $5, $6, $7)`,
);
const listUnder = statement(
  'list_domain_keys_under',
  `SELECT ${domainKeyColumns} FROM domain_keys
   WHERE root_key_id = $1 AND ($2::text IS NULL OR (account_id, region, version) > ($2, $3, $4))
   ORDER BY account_id, region, version LIMIT $5`,
);
const rewrap = statement(
  'rewrap_domain_key',
  `UPDATE domain_keys SET root_key_id = $6, wrapped = $7
   WHERE account_id = $1 AND region = $2 AND version = $3 AND root_key_id = $4 AND wrapped = $5`,
);

interface StateRow {
  readonly roots: readonly RootKeyRow[];
  readonly providers: readonly ProviderRow[];
  readonly wrappings: readonly (Omit<WrappingRow, 'wrapped' | 'vouched'> & Record<'wrapped' | 'vouched', string>)[];
  readonly register: readonly RegisterRow[];
}

/** Root keys, their providers and wrappings in three small tables, and their register. */
export class PostgresRootKeyStore implements RootKeyStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  state(): Promise<RootKeyState> {
    return stateOf(this.#database);
  }

  counts(): Promise<DomainKeyCounts> {
    return countsOf(this.#database);
  }

  change<R>(
    decide: (state: RootKeyState, counts: DomainKeyCounts) => Result<RootKeyState, R>,
  ): Promise<Result<RootKeyState, R>> {
    return this.#database.transaction(async (queries) => {
      await lockRootKeys(queries);
      const before = await stateOf(queries);
      const decided = decide(before, await countsOf(queries));
      if (!decided.ok) return decided;
      const { roots, providers, wrappings, register } = decided.value;
      // The tables are small and the lock is held: written anew, they are what was decided.
      for (const each of clear) await queries.query(each, []);
      for (const { id, status, createdAt } of roots) await queries.query(insertRoot, [id, status, createdAt]);
      for (const { id, kind, parameters, createdAt } of providers) {
        await queries.query(insertProvider, [id, kind, JSON.stringify(parameters), createdAt]);
      }
      for (const { rootKeyId, providerId, wrapped, vouched } of wrappings) {
        await queries.query(insertWrapping, [rootKeyId, providerId, Buffer.from(wrapped), Buffer.from(vouched)]);
      }
      for (const entry of register.slice(before.register.length)) await queries.query(insertEntry, entryValues(entry));
      return accept(decided.value);
    });
  }

  async domainKeysUnder(
    rootKeyId: string,
    after: StoredDomainKey | undefined,
    limit: number,
  ): Promise<readonly StoredDomainKey[]> {
    const cursor = [after?.account ?? null, after?.region ?? null, after?.version ?? null];
    const { rows } = await this.#database.query<DomainKeyRow>(listUnder, [rootKeyId, ...cursor, limit]);
    return rows.map(domainKeyOf);
  }

  async rewrap(before: StoredDomainKey, after: Pick<StoredDomainKey, 'rootKeyId' | 'wrapped'>): Promise<boolean> {
    const { account, region, version, rootKeyId } = before;
    const [old, fresh] = [Buffer.from(before.wrapped), Buffer.from(after.wrapped)];
    const values = [account, region, version, rootKeyId, old, after.rootKeyId, fresh];
    return (await this.#database.query(rewrap, values)).count === 1;
  }
}

async function stateOf(queries: Queries): Promise<RootKeyState> {
  const { rows } = await queries.query<StateRow>(readState, []);
  const { roots = [], providers = [], wrappings = [], register = [] }: Partial<StateRow> = rows[0] ?? {};
  return {
    roots: roots.map(rootKeyOf),
    providers: providers.map(providerOf),
    wrappings: wrappings.map((row) =>
      wrappingOf({ ...row, wrapped: Buffer.from(row.wrapped, 'hex'), vouched: Buffer.from(row.vouched, 'hex') }),
    ),
    register: register.map(registerEntryOf),
  };
}

function entryValues(entry: RegisterEntry): readonly unknown[] {
  const { version, rootKeyId, previous, verificationKey, members, signature, endorsement } = entry;
  const [before, key] = [Buffer.from(previous), Buffer.from(verificationKey)];
  return [version, before, rootKeyId, key, ...[members, signature, endorsement].map((bytes) => Buffer.from(bytes))];
}

async function countsOf(queries: Queries): Promise<DomainKeyCounts> {
  const { rows } = await queries.query<{ readonly root_key_id: string; readonly keys: number }>(countUnder, []);
  return new Map(rows.map(({ root_key_id, keys }) => [root_key_id, keys]));
}
