import type { SigningKeyRepository, StoredSigningKey } from '@keywarden/audit';
import { instant } from '@keywarden/kernel';
import type { Database } from './database';
import { tenancyOf } from './key-row';
import { statement } from './statement';

interface SigningKeyRow {
  readonly id: string;
  readonly number: number;
  readonly public_key: string;
  readonly account_id: string;
  readonly region: string;
  readonly wrapped_private_key: Buffer;
  readonly succeeded_at: number | null;
  readonly signature_of_former: string | null;
  readonly signature_of_latter: string | null;
}

const columns =
  'id, number, public_key, account_id, region, wrapped_private_key, succeeded_at, signature_of_former, signature_of_latter';
const list = statement('list_signing_keys', `SELECT ${columns} FROM audit_signing_keys ORDER BY number`);
const insert = statement(
  'insert_signing_key',
  `INSERT INTO audit_signing_keys (${columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
);

/** Keys that sign checkpoints in the table `audit_signing_keys`. */
export class PostgresSigningKeyRepository implements SigningKeyRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async list(): Promise<readonly StoredSigningKey[]> {
    return (await this.#database.query<SigningKeyRow>(list, [])).rows.map(signingKeyOf);
  }

  async insertIfAbsent(key: StoredSigningKey): Promise<StoredSigningKey> {
    const { id, number, publicKey, account, region, wrappedPrivateKey, succession } = key;
    await this.#database.query(insert, [
      ...[id, number, publicKey, account, region, Buffer.from(wrappedPrivateKey)],
      ...[succession?.at ?? null, succession?.byFormer ?? null, succession?.byLatter ?? null],
    ]);
    const stored = (await this.list()).find((one) => one.number === number);
    if (stored === undefined) throw new Error('a signing key that was just stored is gone');
    return stored;
  }
}

function signingKeyOf(row: SigningKeyRow): StoredSigningKey {
  const { id, number, public_key: publicKey, succeeded_at: at } = row;
  const { signature_of_former: byFormer, signature_of_latter: byLatter } = row;
  const succession =
    at === null || byFormer === null || byLatter === null ? undefined : { at: instant(at), byFormer, byLatter };
  const wrappedPrivateKey = Uint8Array.from(row.wrapped_private_key);
  return { id, number, publicKey, ...tenancyOf(row), wrappedPrivateKey, ...(succession && { succession }) };
}
