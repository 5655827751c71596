import {
  aUser,
  accessKeyRepositoryContract,
  anAccount,
  principalChangesContract,
  principalRepositoryContract,
  withAccounts,
} from '@keywarden/identity/testing';
import { recordChanges } from '@keywarden/keys/testing';
import type { PostgresStore } from './open-postgres';
import { testStore } from './testing/test-store';

const database = testStore();
let shared: PostgresStore | undefined;
const emptyStore = async (): Promise<PostgresStore> => {
  await database.empty();
  return (shared ??= database.open());
};

principalRepositoryContract(emptyStore);
accessKeyRepositoryContract(emptyStore);
principalChangesContract(async () => {
  const store = await emptyStore();
  const { feed } = database.open();
  const changes = recordChanges(feed);
  await eventually(() => feed.live);
  const heard = async (count: number): Promise<readonly unknown[]> => {
    await eventually(() => changes.length >= count);
    return changes;
  };
  return { store, heard };
});

describe('the tables of principals', () => {
  it.each([
    ['a kind that the id is not of', "kind = 'role'"],
    ['a name with a wildcard', "name = 'a*'"],
    ['a path without its last slash', "path = '/a'"],
    ['a path with a wildcard', "path = '/*/'"],
    ['an id of another kind', "id = 'AROAAAAAAAAAAAAAAAAAA'"],
  ])('do not take %s', async (_what, assignment) => {
    const { principals } = await withAccounts(await emptyStore());
    await principals.insert(aUser(), 10);
    await expect(database.sql(`UPDATE principals SET ${assignment}`)).rejects.toThrow(/violates check constraint/);
  });

  it('let a row that cannot be read be a fault that does not show its content', async () => {
    const { principals } = await withAccounts(await emptyStore());
    await principals.insert(aUser(), 10);
    await database.sql(`UPDATE principals SET body = '{"tags":"confidential"}'`);
    await expect(principals.find(anAccount, 'user', 'adele')).rejects.toThrow('a stored value of body cannot be read');
  });
});

async function eventually(holds: () => boolean): Promise<void> {
  const until = performance.now() + 5_000;
  while (!holds()) {
    if (performance.now() > until) throw new Error('it did not come to pass in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
