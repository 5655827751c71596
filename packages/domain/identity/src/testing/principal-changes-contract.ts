import { accept } from '@keywarden/kernel';
import { accepted } from '@keywarden/kernel/testing';
import { type PrincipalStore, withAccounts } from './principal-repository-contract';
import { aUser, anAccessKey, anAccount } from './principals';

/**
 * What a store announces of its principals, in order.
 *
 * @param makeStore repositories on one empty store, and who hears: resolves with the changes once it has heard `count`
 */
export function principalChangesContract(
  makeStore: () => Promise<{ readonly store: PrincipalStore; heard(count: number): Promise<readonly unknown[]> }>,
): void {
  it('changes of principals and access keys are announced, and nothing else is', async () => {
    const { store, heard } = await makeStore();
    await withAccounts(store);
    const { principals, accessKeys } = store;
    const owner = { account: anAccount, userId: aUser().id };
    const key = anAccessKey({ userId: owner.userId });
    accepted(await principals.insert(aUser(), 10));
    accepted(await principals.update(anAccount, 'user', 'adele', (user) => accept(user)));
    accepted(await principals.update(anAccount, 'user', 'adele', (user) => accept({ ...user, path: '/a/' })));
    accepted(await accessKeys.insert(key, 2));
    await accessKeys.setStatus(owner, key.id, 'Inactive');
    await accessKeys.setStatus(owner, key.id, 'Inactive');
    await accessKeys.remove(owner, key.id);
    accepted(await principals.remove(anAccount, 'user', 'adele', () => accept(undefined)));
    const ofUser = { kind: 'principal', account: anAccount, principalId: aUser().id };
    const ofKey = { kind: 'accessKey', accessKeyId: key.id };
    expect((await heard(7)).slice(2)).toEqual([ofUser, ofKey, ofKey, ofKey, ofUser]);
  });
}
