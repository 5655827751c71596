import type { DomainKeyRepository, StoredDomainKey } from '@keywarden/crypto';
import type { AccountId, Region } from '@keywarden/kernel';
import type { Database } from './database';
import { tenancyOf } from './key-row';
import { statement } from './statement';

interface DomainKeyRow {
  readonly account_id: string;
  readonly region: string;
  readonly version: number;
  readonly root_key_id: string;
  readonly wrapped: Buffer;
}

const columns = 'account_id, region, version, root_key_id, wrapped';
const list = statement(
  'list_domain_keys',
  `SELECT ${columns} FROM domain_keys WHERE account_id = $1 AND region = $2 ORDER BY version`,
);
const insert = statement(
  'insert_domain_key',
  `INSERT INTO domain_keys (${columns}) VALUES ($1, $2, $3, $4, $5)
   ON CONFLICT (account_id, region, version) DO NOTHING`,
);
const findVersion = statement(
  'find_domain_key',
  `SELECT ${columns} FROM domain_keys WHERE account_id = $1 AND region = $2 AND version = $3`,
);
const findFirst = statement(
  'find_any_domain_key',
  `SELECT ${columns} FROM domain_keys ORDER BY account_id, region, version LIMIT 1`,
);

/** Wrapped domain keys in the table `domain_keys`. */
export class PostgresDomainKeyRepository implements DomainKeyRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async list(account: AccountId, region: Region): Promise<readonly StoredDomainKey[]> {
    const { rows } = await this.#database.query<DomainKeyRow>(list, [account, region]);
    return rows.map(domainKeyOf);
  }

  async insertIfAbsent(key: StoredDomainKey): Promise<StoredDomainKey> {
    const { account, region, version, rootKeyId, wrapped } = key;
    await this.#database.query(insert, [account, region, version, rootKeyId, Buffer.from(wrapped)]);
    const { rows } = await this.#database.query<DomainKeyRow>(findVersion, [account, region, version]);
    if (rows[0] === undefined) throw new Error('a domain key that was just stored is gone');
    return domainKeyOf(rows[0]);
  }

  async findAny(): Promise<StoredDomainKey | undefined> {
    const { rows } = await this.#database.query<DomainKeyRow>(findFirst, []);
    return rows[0] && domainKeyOf(rows[0]);
  }
}

function domainKeyOf(row: DomainKeyRow): StoredDomainKey {
  const { version, root_key_id: rootKeyId, wrapped } = row;
  return { ...tenancyOf(row), version, rootKeyId, wrapped: Uint8Array.from(wrapped) };
}
