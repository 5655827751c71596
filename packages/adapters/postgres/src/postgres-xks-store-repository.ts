import { type Result, accept, refuse } from '@keywarden/kernel';
import type { XksCredential, XksStore, XksStoreNotFound, XksStoreRepository } from '@keywarden/xks-service';
import { announce } from './announced-changes';
import { refusedByConstraint } from './constraint-refusals';
import type { Database } from './database';
import { type Queries, type Transaction, statement } from './statement';
import { type XksStoreRow, xksStoreColumns, xksStoreOf } from './xks-store-row';

const find = statement('find_xks_store', `SELECT ${xksStoreColumns} FROM xks_stores s WHERE s.uri_path = $1`);
const list = statement('list_xks_stores', `SELECT ${xksStoreColumns} FROM xks_stores s ORDER BY s.uri_path LIMIT $1`);
const hold = statement('hold_xks_store', 'SELECT uri_path FROM xks_stores WHERE uri_path = $1 FOR UPDATE');
const findByCredential = statement(
  'find_xks_store_of_credential',
  `SELECT ${xksStoreColumns} FROM xks_stores s
   WHERE s.uri_path = (SELECT uri_path FROM xks_credentials WHERE access_key_id = $1)`,
);
const insert = statement(
  'insert_xks_store',
  `INSERT INTO xks_stores (uri_path, account_id, region, user_id, external_keys, created_at)
   VALUES ($1, $2, $3, $4, $5, $6)`,
);
const insertCredential = statement(
  'insert_xks_credential',
  'INSERT INTO xks_credentials (access_key_id, uri_path, wrapped_secret, created_at) VALUES ($1, $2, $3, $4)',
);
const setKeys = statement('set_xks_store_keys', 'UPDATE xks_stores SET external_keys = $2 WHERE uri_path = $1');
const removeCredential = statement('delete_xks_credential', 'DELETE FROM xks_credentials WHERE access_key_id = $1');
const remove = statement('delete_xks_store', 'DELETE FROM xks_stores WHERE uri_path = $1');

const taken = { xks_stores_pkey: 'Taken', xks_credentials_pkey: 'Taken' } as const;

/** External key stores in `xks_stores`, their credentials in `xks_credentials`. */
export class PostgresXksStoreRepository implements XksStoreRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  find(uriPath: string): Promise<XksStore | undefined> {
    return read(this.#database, find, printable(uriPath));
  }

  async list(limit: number): Promise<readonly XksStore[]> {
    const { rows } = await this.#database.query<XksStoreRow>(list, [limit]);
    return rows.map(xksStoreOf);
  }

  async insert(store: XksStore): Promise<boolean> {
    const { uriPath, account, region, userId, keys, createdAt, credentials } = store;
    const inserted = await refusedByConstraint(taken, () =>
      this.#database.transaction<void, never>(async (queries) => {
        await queries.query(insert, [uriPath, account, region, userId, JSON.stringify(keys), createdAt]);
        await putCredentials(queries, uriPath, credentials);
        await announceAll(queries, credentials);
        return accept(undefined);
      }),
    );
    return inserted.ok;
  }

  update<R>(
    uriPath: string,
    decide: (store: XksStore) => Result<XksStore, R>,
  ): Promise<Result<XksStore, R | XksStoreNotFound>> {
    return this.#database.transaction<XksStore, R | XksStoreNotFound>(async (queries) => {
      await queries.query(hold, [printable(uriPath)]);
      const before = await read(queries, find, printable(uriPath));
      if (before === undefined) return refuse({ code: 'XksStoreNotFound', uriPath });
      const decided = decide(before);
      if (!decided.ok) return decided;
      const { keys, credentials } = decided.value;
      await queries.query(setKeys, [uriPath, JSON.stringify(keys)]);
      const gone = without(before.credentials, credentials);
      const fresh = without(credentials, before.credentials);
      for (const { accessKeyId } of gone) await queries.query(removeCredential, [accessKeyId]);
      await putCredentials(queries, uriPath, fresh);
      await announceAll(queries, [...gone, ...fresh]);
      return accept({ ...before, keys, credentials });
    });
  }

  async remove(uriPath: string): Promise<boolean> {
    const removed = await this.#database.transaction<boolean, never>(async (queries) => {
      await queries.query(hold, [printable(uriPath)]);
      const store = await read(queries, find, printable(uriPath));
      if (store === undefined) return accept(false);
      await queries.query(remove, [uriPath]);
      await announceAll(queries, store.credentials);
      return accept(true);
    });
    return removed.ok && removed.value;
  }

  async findCredential(
    accessKeyId: string,
  ): Promise<{ readonly store: XksStore; readonly credential: XksCredential } | undefined> {
    const store = await read(this.#database, findByCredential, printable(accessKeyId));
    const credential = store?.credentials.find((one) => one.accessKeyId === accessKeyId);
    return store && credential && { store, credential };
  }
}

async function read(queries: Queries, by: typeof find, value: string): Promise<XksStore | undefined> {
  const { rows } = await queries.query<XksStoreRow>(by, [value]);
  return rows[0] && xksStoreOf(rows[0]);
}

async function putCredentials(queries: Queries, uriPath: string, credentials: readonly XksCredential[]): Promise<void> {
  for (const { accessKeyId, wrappedSecret, createdAt } of credentials) {
    await queries.query(insertCredential, [accessKeyId, uriPath, Buffer.from(wrappedSecret), createdAt]);
  }
}

function announceAll(queries: Transaction, credentials: readonly XksCredential[]): Promise<void> {
  return announce(
    queries,
    credentials.map(({ accessKeyId }) => ({ kind: 'accessKey', accessKeyId })),
  );
}

function without(some: readonly XksCredential[], others: readonly XksCredential[]): readonly XksCredential[] {
  return some.filter(({ accessKeyId }) => !others.some((other) => other.accessKeyId === accessKeyId));
}

/** U+0000 is in no path and no id, and Postgres takes none. */
function printable(text: string): string {
  return text.replaceAll('\0', ' ');
}
