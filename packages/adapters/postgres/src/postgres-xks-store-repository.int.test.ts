import { numberedKeyId } from '@keywarden/keys/testing';
import { aXksStore, xksStoreRepositoryContract } from '@keywarden/xks-service/testing';
import { testStore } from './testing/test-store';

const database = testStore();

const emptyStore = async () => {
  await database.empty();
  await database.sql('INSERT INTO accounts (id, created_at) VALUES ($1, 0)', [aXksStore().account]);
  return database.open({ poolSize: 4 });
};

xksStoreRepositoryContract(async () => {
  const { xksStores: stores, feed } = await emptyStore();
  return { stores, feed, keyId: numberedKeyId(1) };
});

describe('the tables of external key stores', () => {
  it.each([
    ['a path that is none', "uri_path = '/kms/xks/v2'"],
    ['another kind of principal', "user_id = 'AROAAAAAAAAAAAAAAAAAA'"],
    ['keys that are no list', "external_keys = '{}'"],
  ])('do not take %s', async (_what, assignment) => {
    const { xksStores } = await emptyStore();
    await xksStores.insert(aXksStore({ credentials: [] }));
    await expect(database.sql(`UPDATE xks_stores SET ${assignment}`)).rejects.toThrow(/violates check constraint/);
  });
});
