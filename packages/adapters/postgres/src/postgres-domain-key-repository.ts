import type { DomainKeyRepository, RootKeySuperseded, StoredDomainKey } from '@keywarden/crypto';
import { type AccountId, type Region, type Result, accept, refuse } from '@keywarden/kernel';
import type { Database } from './database';
import { type DomainKeyRow, domainKeyColumns, domainKeyOf } from './domain-key-row';
import { whileRootKeysStay } from './root-key-lock';
import { statement } from './statement';

const list = statement(
  'list_domain_keys',
  `SELECT ${domainKeyColumns} FROM domain_keys WHERE account_id = $1 AND region = $2 ORDER BY version`,
);
const insert = statement(
  'insert_domain_key',
  `INSERT INTO domain_keys (${domainKeyColumns}) SELECT $1, $2, $3, $4, $5
   WHERE NOT EXISTS (SELECT FROM root_keys WHERE status = 'CURRENT' AND id <> $4)
   ON CONFLICT (account_id, region, version) DO NOTHING`,
);
const findVersion = statement(
  'find_domain_key',
  `SELECT ${domainKeyColumns} FROM domain_keys WHERE account_id = $1 AND region = $2 AND version = $3`,
);
const sample = statement(
  'sample_domain_keys',
  `SELECT DISTINCT ON (root_key_id) ${domainKeyColumns} FROM domain_keys
   ORDER BY root_key_id, account_id, region, version`,
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

  insertIfAbsent(key: StoredDomainKey): Promise<Result<StoredDomainKey, RootKeySuperseded>> {
    const { account, region, version, rootKeyId, wrapped } = key;
    return this.#database.transaction(async (queries) => {
      await whileRootKeysStay(queries);
      await queries.query(insert, [account, region, version, rootKeyId, Buffer.from(wrapped)]);
      const { rows } = await queries.query<DomainKeyRow>(findVersion, [account, region, version]);
      return rows[0] === undefined ? refuse({ code: 'RootKeySuperseded' }) : accept(domainKeyOf(rows[0]));
    });
  }

  async samples(): Promise<readonly StoredDomainKey[]> {
    const { rows } = await this.#database.query<DomainKeyRow>(sample, []);
    return rows.map(domainKeyOf);
  }
}
