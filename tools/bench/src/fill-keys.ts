import { randomUUID } from 'node:crypto';
import { readConfiguration } from '@keywarden/config';
import type { Keywarden } from '@keywarden/harness';
import { type Tenancy, parseAccountId, parseKeyId, parseRegion } from '@keywarden/kernel';
import { NodeMaterialFactory, SlowWork } from '@keywarden/node-crypto';
import { openFoundation } from '@keywarden/runtime';
import { silentLogger } from '@keywarden/telemetry';
import { Client } from 'pg';
import { newKey } from './signed-requests';

const batch = 2_000;

/** Copies the row of a key that the service made, with another name; defaults and new columns come along. */
const insertKeys = `
  INSERT INTO kms_keys
  SELECT copy.* FROM kms_keys AS made,
    unnest($3::text[], $4::text[]) AS given (key_id, material_id),
    LATERAL jsonb_populate_record(made,
      jsonb_build_object('key_id', given.key_id, 'current_material_id', given.material_id)) AS copy
  WHERE made.region = $1 AND made.key_id = $2`;
const insertMaterials = `
  INSERT INTO key_materials
  SELECT copy.* FROM key_materials AS made,
    unnest($3::text[], $4::text[], $5::bytea[]) AS given (key_id, material_id, wrapped),
    LATERAL jsonb_populate_record(made, jsonb_build_object('key_id', given.key_id,
      'material_id', given.material_id, 'wrapped', given.wrapped::text)) AS copy
  WHERE made.region = $1 AND made.key_id = $2`;
const countKeys = 'UPDATE key_counts SET customer_keys = customer_keys + $3 WHERE account_id = $1 AND region = $2';

export interface FilledStore {
  readonly databaseUrl: string;
  readonly rootKeyFile: string;
  readonly account: string;
}

/**
 * Brings the number of keys to `count` by bulk statements. Each key is one that the service could have made: its own
 * material, wrapped for its own place, so that it encrypts like any other.
 *
 * @returns key ids, at most 50,000 of them, spread over all
 */
export async function fillKeys(service: Keywarden, store: FilledStore, count: number): Promise<string[]> {
  const made = (await newKey(service)).split('/')[1] ?? '';
  const tenancy = { account: parsed(parseAccountId(store.account)), region: parsed(parseRegion(service.region)) };
  const configuration = readConfiguration({ KEYWARDEN_ROOT_KEY_FILE: store.rootKeyFile });
  const foundation = await openFoundation(configuration, store.databaseUrl, 'keywarden-bench', silentLogger);
  const slowWork = new SlowWork();
  const sql = new Client({ connectionString: store.databaseUrl });
  await sql.connect();
  try {
    const materials = new NodeMaterialFactory(foundation.domainKeys, slowWork);
    const ids = [made];
    const every = Math.max(1, Math.ceil(count / 50_000));
    for (let filled = 1; filled < count; filled += batch) {
      const size = Math.min(batch, count - filled);
      const names = await insertBatch(sql, materials, tenancy, made, size);
      ids.push(...names.filter((_, index) => index % every === 0));
    }
    await sql.query('VACUUM (ANALYZE) kms_keys, key_materials');
    await sql.query('CHECKPOINT');
    return ids;
  } finally {
    await sql.end();
    await slowWork.close();
    await foundation.close();
  }
}

async function insertBatch(
  sql: Client,
  materials: NodeMaterialFactory,
  { account, region }: Tenancy,
  made: string,
  size: number,
): Promise<string[]> {
  const names = Array.from({ length: size }, () => randomUUID() as string);
  const fresh = await Promise.all(
    names.map((name) =>
      materials.generate({ account, region, keyId: parsed(parseKeyId(name)), spec: 'SYMMETRIC_DEFAULT' }),
    ),
  );
  const materialIds = fresh.map(({ id }) => id);
  const wrapped = fresh.map((one) => Buffer.from(one.wrapped));
  await sql.query('BEGIN');
  await sql.query(insertKeys, [region, made, names, materialIds]);
  await sql.query(insertMaterials, [region, made, names, materialIds, wrapped]);
  await sql.query(countKeys, [account, region, size]);
  await sql.query('COMMIT');
  return names;
}

function parsed<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the bench made a name that is none');
  return value;
}
