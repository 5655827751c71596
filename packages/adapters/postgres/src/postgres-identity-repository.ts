import { type AccountId, accept, instant, parseAccountId, refuse } from '@keywarden/kernel';
import type { AccessKey, Account, IdentityRepository } from '@keywarden/identity';
import { type AccessKeyRow, accessKeyColumns, accessKeyOf, accessKeyValues } from './access-key-row';
import { announce } from './announced-changes';
import { corrupt } from './corrupt-row';
import type { Database } from './database';
import { statement } from './statement';

interface AccountRow {
  readonly id: string;
  readonly created_at: number;
}

const findAccount = statement('find_account', 'SELECT id, created_at FROM accounts WHERE id = $1');
const listAccounts = statement('list_accounts', 'SELECT id, created_at FROM accounts ORDER BY created_at, id LIMIT $1');
const insertAccount = statement('insert_account', 'INSERT INTO accounts (id, created_at) VALUES ($1, $2)');
const lockAccounts = statement('lock_accounts', 'LOCK TABLE accounts IN SHARE ROW EXCLUSIVE MODE');
const findAccessKey = statement('find_access_key', `SELECT ${accessKeyColumns} FROM access_keys WHERE id = $1`);
const insertAccessKey = statement(
  'insert_access_key',
  `INSERT INTO access_keys (${accessKeyColumns}) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
);

/** Accounts and access keys in tables. */
export class PostgresIdentityRepository implements IdentityRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async findAccount(id: AccountId): Promise<Account | undefined> {
    const { rows } = await this.#database.query<AccountRow>(findAccount, [id]);
    return rows[0] && accountOf(rows[0]);
  }

  async findAccessKey(id: string): Promise<AccessKey | undefined> {
    // Not a character that an access key id has, and one that Postgres does not take.
    if (id.includes('\0')) return undefined;
    const { rows } = await this.#database.query<AccessKeyRow>(findAccessKey, [id]);
    return rows[0] && accessKeyOf(rows[0]);
  }

  async listAccounts(limit: number): Promise<readonly Account[]> {
    const { rows } = await this.#database.query<AccountRow>(listAccounts, [limit]);
    return rows.map(accountOf);
  }

  /** Locks the table, so that of several processes that start on an empty store one creates the account. */
  async createFirstAccount(account: Account, accessKey: AccessKey): Promise<boolean> {
    const created = await this.#database.transaction(async (queries) => {
      await queries.query(lockAccounts, []);
      const { count } = await queries.query(listAccounts, [1]);
      if (count > 0) return refuse('AccountExists');
      await queries.query(insertAccount, [account.id, account.createdAt]);
      await queries.query(insertAccessKey, accessKeyValues(accessKey));
      await announce(queries, [{ kind: 'accessKey', accessKeyId: accessKey.id }]);
      return accept(undefined);
    });
    return created.ok;
  }
}

function accountOf({ id, created_at }: AccountRow): Account {
  return { id: parseAccountId(id) ?? corrupt('id'), createdAt: instant(created_at) };
}
