import type { IvFields } from '@keywarden/custom-key-stores';
import type { Database } from './database';
import { statement } from './statement';

const reserve = statement(
  'reserve_iv_field',
  'INSERT INTO token_iv_fields (field) VALUES ($1) ON CONFLICT (field) DO NOTHING',
);

/** IV fields in the table `token_iv_fields`. */
export class PostgresIvFields implements IvFields {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async reserve(field: Uint8Array): Promise<boolean> {
    return (await this.#database.query(reserve, [field])).count === 1;
  }
}
