import { type Instant, accept, days, plusDays, plusMilliseconds } from '@keywarden/kernel';
import type { KeyRepository, KmsKey } from '@keywarden/keys';
import { Client } from 'pg';

const digits = 12;

/**
 * Fills a store with keys of which half are at the end of their deletion window and half are due for rotation, as copies
 * of the two given: so many cannot be made one by one in any time worth waiting for.
 *
 * @param model a key of the store, enabled, with its material
 */
export async function makeKeysDue(
  keys: KeyRepository,
  databaseUrl: string,
  model: KmsKey,
  count: number,
  now: Instant,
): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const before = plusMilliseconds(now, -1);
    const rotating = { enabled: true, periodInDays: 90, countedFrom: plusDays(before, days(-90)) };
    await keys.update(model, (key) => accept({ ...key, rotation: rotating }));
    await copy(client, model, 0, count / 2 - 1);
    await keys.update(model, (key) =>
      accept({ ...key, rotation: undefined, state: { kind: 'PendingDeletion', deletionDate: before } }),
    );
    await copy(client, model, count / 2, count - 2);
    await client.query('UPDATE key_counts SET customer_keys = $1', [count]);
    await client.query('ANALYZE kms_keys, key_materials');
  } finally {
    await client.end();
  }
}

/** Copies the row of the key and those of its materials, under numbered ids. */
async function copy(client: Client, { region, id }: KmsKey, first: number, last: number): Promise<void> {
  const numbered = `jsonb_build_object('key_id', '0a0b0c0d-0000-4000-8000-' || lpad(to_hex(n), ${digits}, '0'))`;
  for (const table of ['kms_keys', 'key_materials']) {
    await client.query(
      `INSERT INTO ${table} SELECT (jsonb_populate_record(k, ${numbered})).*
       FROM ${table} k, generate_series($3::integer, $4::integer) n WHERE k.region = $1 AND k.key_id = $2`,
      [region, id, first, last],
    );
  }
}
