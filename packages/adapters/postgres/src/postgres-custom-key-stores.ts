import type {
  CustomKeyStore,
  CustomKeyStoreHasKeys,
  CustomKeyStoreName,
  CustomKeyStoreNotFound,
  CustomKeyStoreRepository,
  StoreCollision,
} from '@keywarden/custom-key-stores';
import { type Result, type Tenancy, accept, refuse } from '@keywarden/kernel';
import { announce, unchanged } from './announced-changes';
import { type ConstraintRefusals, refusedByConstraint } from './constraint-refusals';
import {
  type CustomKeyStoreRow,
  customKeyStoreColumns,
  customKeyStoreOf,
  customKeyStoreValues,
} from './custom-key-store-row';
import type { Database } from './database';
import { forgetProxyCheck } from './postgres-proxy-checks';
import { type Queries, type Transaction, statement } from './statement';

const find = statement(
  'find_custom_key_store',
  `SELECT ${customKeyStoreColumns} FROM custom_key_stores WHERE account_id = $1 AND region = $2 AND id = $3`,
);
const list = statement(
  'list_custom_key_stores',
  `SELECT ${customKeyStoreColumns} FROM custom_key_stores WHERE account_id = $1 AND region = $2 ORDER BY id`,
);
/** Whoever changes stores of the account and Region comes after the other: rows that are not there cannot be locked. */
const holdTenancy = statement(
  'hold_custom_key_stores',
  "SELECT pg_advisory_xact_lock(hashtextextended('custom key stores ' || $1::text || ' ' || $2::text, 0))",
);
const insert = statement(
  'insert_custom_key_store',
  `INSERT INTO custom_key_stores (${customKeyStoreColumns})
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
);
const change = statement(
  'update_custom_key_store',
  `UPDATE custom_key_stores SET
     name = $6, wrapped_secret = $7, connection_state = $8, connection_error = $9, connection_since = $10,
     cluster_id = $11, trust_anchor = $12, connectivity = $13, uri_endpoint = $14, uri_path = $15,
     access_key_id = $16, vpc_service_name = $17, vpc_service_owner = $18, version = $19
   WHERE id = $1 AND account_id = $2 AND region = $3 AND type = $4 AND created_at = $5 AND version = $19 - 1`,
);
const remove = statement('delete_custom_key_store', 'DELETE FROM custom_key_stores WHERE id = $1');
const countKeys = statement(
  'count_keys_of_store',
  'SELECT count(*)::int AS keys FROM kms_keys WHERE custom_key_store_id = $1',
);

const ofKeys: ConstraintRefusals<CustomKeyStoreHasKeys> = { kms_keys_key_store: { code: 'CustomKeyStoreHasKeys' } };

/** Custom key stores in the table of that name. */
export class PostgresCustomKeyStores implements CustomKeyStoreRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async find({ account, region, id }: CustomKeyStoreName): Promise<CustomKeyStore | undefined> {
    const { rows } = await this.#database.query<CustomKeyStoreRow>(find, [account, region, id]);
    return rows[0] && customKeyStoreOf(rows[0]);
  }

  async list({ account, region }: Tenancy): Promise<readonly CustomKeyStore[]> {
    const { rows } = await this.#database.query<CustomKeyStoreRow>(list, [account, region]);
    return rows.map(customKeyStoreOf);
  }

  create<R>(
    tenancy: Tenancy,
    decide: (existing: readonly CustomKeyStore[]) => Result<CustomKeyStore, R>,
  ): Promise<Result<CustomKeyStore, R | StoreCollision>> {
    return this.#database.transaction<CustomKeyStore, R>(async (queries) => {
      const existing = await held(queries, tenancy);
      const decided = decide(existing);
      if (!decided.ok || existing.includes(decided.value)) return decided;
      const stored = { ...decided.value, version: 1 };
      await queries.query(insert, customKeyStoreValues(stored));
      await announceStore(queries, stored);
      return accept(stored);
    });
  }

  update<R>(
    name: CustomKeyStoreName,
    decide: (store: CustomKeyStore, existing: readonly CustomKeyStore[]) => Result<CustomKeyStore, R>,
  ): Promise<Result<CustomKeyStore, R | StoreCollision | CustomKeyStoreNotFound>> {
    return this.#database.transaction<CustomKeyStore, R | CustomKeyStoreNotFound>(async (queries) => {
      const existing = await held(queries, name);
      const before = existing.find(({ id }) => id === name.id);
      if (before === undefined) return refuse({ code: 'CustomKeyStoreNotFound', given: name.id });
      const decided = decide(before, existing);
      if (!decided.ok) return decided;
      if (decided.value === before) return await unchanged(queries, decided);
      const stored = { ...decided.value, version: before.version + 1 };
      const { count } = await queries.query(change, customKeyStoreValues(stored));
      if (count !== 1) throw new Error('a custom key store changed while it was held');
      if (stored.connection.state !== 'CONNECTED') await forgetProxyCheck(queries, stored.id);
      await announceStore(queries, stored);
      return accept(stored);
    });
  }

  remove<R>(
    name: CustomKeyStoreName,
    decide: (store: CustomKeyStore, keys: number) => Result<void, R>,
  ): Promise<Result<void, R | CustomKeyStoreNotFound | CustomKeyStoreHasKeys>> {
    return refusedByConstraint(ofKeys, () =>
      this.#database.transaction<void, R | CustomKeyStoreNotFound>(async (queries) => {
        const store = (await held(queries, name)).find(({ id }) => id === name.id);
        if (store === undefined) return refuse({ code: 'CustomKeyStoreNotFound', given: name.id });
        const { rows } = await queries.query<{ readonly keys: number }>(countKeys, [store.id]);
        const decided = decide(store, rows[0]?.keys ?? 0);
        if (!decided.ok) return decided;
        await queries.query(remove, [store.id]);
        await announceStore(queries, store);
        return accept(undefined);
      }),
    );
  }
}

async function held(queries: Queries, { account, region }: Tenancy): Promise<readonly CustomKeyStore[]> {
  await queries.query(holdTenancy, [account, region]);
  const { rows } = await queries.query<CustomKeyStoreRow>(list, [account, region]);
  return rows.map(customKeyStoreOf);
}

function announceStore(queries: Transaction, { account, region, id }: CustomKeyStore): Promise<void> {
  return announce(queries, [{ kind: 'customKeyStore', tenancy: { account, region }, id }]);
}
