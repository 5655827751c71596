import { accept } from '@keywarden/kernel';
import {
  aKmsKey,
  aKeyFamily,
  aKeyMaterial,
  accepted,
  elsewhere,
  frankfurt,
  home,
  numberedKeyId,
  numberedMultiRegionKeyId,
  plenty,
} from '@keywarden/keys/testing';
import type { PostgresStore } from './open-postgres';
import { testStore } from './testing/test-store';

const database = testStore();

describe('the schema', () => {
  let store: PostgresStore;
  beforeAll(() => {
    store = database.open();
  });
  beforeEach(async () => {
    await database.empty();
    accepted(await store.keys.insert(aKmsKey(), plenty));
    const [primary] = aKeyFamily(numberedMultiRegionKeyId(1), frankfurt);
    accepted(await store.keys.insert({ ...primary!, materials: [] }, plenty));
  });
  const change = (assignments: string, id: string = aKmsKey().id) =>
    database.sql(`UPDATE kms_keys SET ${assignments} WHERE key_id = $1`, [id]);

  it.each([
    ['a deletion date without a pending deletion', 'deletion_date = 1'],
    ['a pending deletion without a date', "state = 'PendingDeletion'"],
    ['a wait for replicas without a window', "state = 'PendingReplicaDeletion'"],
    ['an unknown state', "state = 'Open'"],
    ['half a rotation schedule', 'rotation_enabled = true'],
    ['a rotation period of 89 days', 'rotation_enabled = true, rotation_period_days = 89, rotation_counted_from = 1'],
    ['an account of 11 digits', "account_id = '11112222333'"],
    ['an account of other digits', "account_id = '１１１１２２２２３３３３'"],
    ['a key id in capitals', "key_id = '1234ABCD-12ab-34cd-56ef-1234567890ab'"],
    ['a key id and a line end', "key_id = E'1234abcd-12ab-34cd-56ef-1234567890ab\\n'"],
    ['a multi-Region role of a single-Region key', "primary_region = region, replica_regions = '{}'"],
    ['version 0', 'version = 0'],
    ['a description that is no text', "description = '{}'"],
    ['an instant no clock can show', 'created_at = 8640000000000001'],
  ])('does not take %s', async (_what, assignments) => {
    await expect(change(assignments)).rejects.toThrow(/violates check constraint/);
  });

  it.each([
    ['no role', 'primary_region = NULL, replica_regions = NULL'],
    ['a copy that is neither primary nor replica', "primary_region = 'us-east-1'"],
    ['a primary that is its own replica', 'replica_regions = ARRAY[region::text]'],
  ])('does not take a multi-Region key with %s', async (_what, assignments) => {
    await expect(change(assignments, numberedMultiRegionKeyId(1))).rejects.toThrow('kms_keys_multi_region');
  });

  it('does not take two current materials', async () => {
    const two = (key: ReturnType<typeof aKmsKey>) =>
      accept({ ...key, materials: [...key.materials, aKeyMaterial(2), aKeyMaterial(3)] });
    await expect(store.keys.update(aKmsKey(), two)).rejects.toThrow('key_materials_one_current');
    expect(await store.keys.find(aKmsKey())).toEqual(aKmsKey());
  });

  it('does not take an alias that points into another account', async () => {
    accepted(await store.keys.insert(aKmsKey({ ...elsewhere, id: numberedKeyId(1) }), plenty));
    const insert = 'INSERT INTO aliases VALUES ($1, $2, $3, $4, 0, 0)';
    const values = [home.account, home.region, 'alias/a', numberedKeyId(1)];
    await expect(database.sql(insert, values)).rejects.toThrow('aliases_target');
  });

  it('does not remove an account that has access keys', async () => {
    await database.sql("INSERT INTO accounts VALUES ('111122223333', 0)");
    await database.sql(
      "INSERT INTO access_keys VALUES ('AKIAIOSFODNN7EXAMPLE', '111122223333', 'Active', 'x', 'eu-west-1', 0)",
    );
    await expect(database.sql('DELETE FROM accounts')).rejects.toThrow('access_keys_account_id_fkey');
  });

  it('overwrites wiped bytes and keeps the metadata', async () => {
    const wiped = ({ materials, ...key }: ReturnType<typeof aKmsKey>) =>
      accept({ ...key, materials: materials.map((material) => ({ ...material, wrapped: undefined })) });
    accepted(await store.keys.update(aKmsKey(), wiped));
    const rows = await database.sql('SELECT material_id, wrapped FROM key_materials');
    expect(rows).toEqual([{ material_id: aKmsKey().currentMaterialId, wrapped: null }]);
  });

  it('keeps nothing of a removed key', async () => {
    accepted(await store.keys.updateFamily(aKmsKey(), () => accept({ put: [], remove: [aKmsKey()] })));
    const rows = await database.sql(
      'SELECT key_id FROM kms_keys UNION ALL SELECT key_id FROM key_materials UNION ALL SELECT target_key_id FROM aliases',
    );
    expect(rows).toEqual([{ key_id: numberedMultiRegionKeyId(1) }]);
  });

  it('counts the keys there are', async () => {
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const key = aKmsKey({ id: numberedKeyId(index), manager: index % 4 === 0 ? 'AWS' : 'CUSTOMER' });
        await store.keys.insert(key, plenty);
        if (index % 3 === 0) await store.keys.updateFamily(key, () => accept({ put: [], remove: [key] }));
        await store.keys.insert(key, plenty).catch(() => undefined);
      }),
    );
    const counted = await database.sql('SELECT account_id, region, customer_keys FROM key_counts');
    const present = await database.sql(
      "SELECT account_id, region, count(*)::int AS customer_keys FROM kms_keys WHERE manager = 'CUSTOMER' GROUP BY 1, 2",
    );
    expect(counted).toEqual(present);
  });
});
