import type {
  AccessKey,
  AccessKeyOwner,
  AccessKeyRepository,
  Account,
  LinkTargetMissing,
  NameTaken,
  QuotaReached,
} from '@keywarden/identity';
import { type Result, accept, refuse } from '@keywarden/kernel';
import { type AccessKeyRow, accessKeyColumns, accessKeyOf, accessKeyValues } from './access-key-row';
import { announce, unchanged } from './announced-changes';
import { type ConstraintRefusals, refusedByConstraint } from './constraint-refusals';
import type { Database } from './database';
import { holdAccount } from './principal-statements';
import { type Queries, type Transaction, statement } from './statement';

const ofOwner = 'account_id = $1 AND user_id IS NOT DISTINCT FROM $2';

const list = statement(
  'list_access_keys',
  `SELECT ${accessKeyColumns} FROM access_keys WHERE ${ofOwner} ORDER BY created_at, id`,
);
const count = statement('count_access_keys', `SELECT count(*)::int AS present FROM access_keys WHERE ${ofOwner}`);
const insert = statement(
  'insert_owned_access_key',
  `INSERT INTO access_keys (${accessKeyColumns}) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
);
const hold = statement('hold_access_key', `SELECT status FROM access_keys WHERE ${ofOwner} AND id = $3 FOR UPDATE`);
const setStatus = statement('set_access_key_status', 'UPDATE access_keys SET status = $2 WHERE id = $1');
const remove = statement('delete_access_key', `DELETE FROM access_keys WHERE ${ofOwner} AND id = $3`);
const insertAccount = statement('insert_account', 'INSERT INTO accounts (id, created_at) VALUES ($1, $2)');
const holdUser = statement(
  'hold_user',
  "SELECT id FROM principals WHERE account_id = $1 AND id = $2 AND kind = 'user' FOR NO KEY UPDATE",
);

const constraints: ConstraintRefusals<NameTaken | LinkTargetMissing> = {
  access_keys_pkey: { code: 'NameTaken' },
  access_keys_user: { code: 'LinkTargetMissing' },
  accounts_pkey: { code: 'NameTaken' },
};

/** Access keys of root users and users in `access_keys`. */
export class PostgresAccessKeyRepository implements AccessKeyRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async list(owner: AccessKeyOwner): Promise<readonly AccessKey[]> {
    const { rows } = await this.#database.query<AccessKeyRow>(list, valuesOf(owner));
    return rows.map(accessKeyOf);
  }

  insert(accessKey: AccessKey, limit: number): Promise<Result<void, QuotaReached | LinkTargetMissing | NameTaken>> {
    return refusedByConstraint(constraints, () =>
      this.#database.transaction<void, QuotaReached | LinkTargetMissing>(async (queries) => {
        if (!(await holdOwner(queries, accessKey))) return refuse({ code: 'LinkTargetMissing' });
        const { rows } = await queries.query<{ readonly present: number }>(count, valuesOf(accessKey));
        if ((rows[0]?.present ?? 0) >= limit) return refuse({ code: 'QuotaReached' });
        await put(queries, accessKey);
        return accept(undefined);
      }),
    );
  }

  async setStatus(owner: AccessKeyOwner, id: string, status: AccessKey['status']): Promise<boolean> {
    const changed = await this.#database.transaction<boolean, never>(async (queries) => {
      const { rows } = await queries.query<Pick<AccessKey, 'status'>>(hold, [...valuesOf(owner), printable(id)]);
      if (rows[0] === undefined) return accept(false);
      if (rows[0].status === status) return unchanged(queries, accept(true));
      await queries.query(setStatus, [id, status]);
      await announce(queries, [{ kind: 'accessKey', accessKeyId: id }]);
      return accept(true);
    });
    return changed.ok && changed.value;
  }

  async remove(owner: AccessKeyOwner, id: string): Promise<boolean> {
    const removed = await this.#database.transaction<boolean, never>(async (queries) => {
      const gone = await queries.query(remove, [...valuesOf(owner), printable(id)]);
      if (gone.count > 0) await announce(queries, [{ kind: 'accessKey', accessKeyId: id }]);
      return accept(gone.count > 0);
    });
    return removed.ok && removed.value;
  }

  async insertAccount(account: Account, accessKey: AccessKey): Promise<boolean> {
    const inserted = await refusedByConstraint(constraints, () =>
      this.#database.transaction<void, never>(async (queries) => {
        await queries.query(insertAccount, [account.id, account.createdAt]);
        await put(queries, accessKey);
        return accept(undefined);
      }),
    );
    return inserted.ok;
  }
}

function valuesOf({ account, userId }: AccessKeyOwner): readonly unknown[] {
  return [account, userId ?? null];
}

/** U+0000 is in no id, and Postgres takes none. */
function printable(id: string): string {
  return id.replaceAll('\0', ' ');
}

async function holdOwner(queries: Queries, { account, userId }: AccessKeyOwner): Promise<boolean> {
  const held =
    userId === undefined
      ? await queries.query(holdAccount, [account])
      : await queries.query(holdUser, [account, userId]);
  return held.count > 0;
}

async function put(queries: Transaction, accessKey: AccessKey): Promise<void> {
  await queries.query(insert, accessKeyValues(accessKey));
  await announce(queries, [{ kind: 'accessKey', accessKeyId: accessKey.id }]);
}
