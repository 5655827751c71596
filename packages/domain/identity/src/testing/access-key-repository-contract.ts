import { accept } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import type { AccessKeyOwner } from '../principal-repository';
import { type PrincipalStore, withAccounts } from './principal-repository-contract';
import { aUser, anAccessKey, anAccount, anotherAccount } from './principals';

/** @param makeStore repositories on one empty store, for one test */
export function accessKeyRepositoryContract(makeStore: () => Promise<PrincipalStore>): void {
  describe('AccessKeyRepository', () => {
    let store: PrincipalStore;
    const user: AccessKeyOwner = { account: anAccount, userId: aUser().id };
    const root: AccessKeyOwner = { account: anAccount };
    const usersKey = anAccessKey({ userId: user.userId });
    beforeEach(async () => {
      store = await withAccounts(await makeStore());
      accepted(await store.principals.insert(aUser(), 10));
    });

    it('keeps keys of users and of root users apart', async () => {
      accepted(await store.accessKeys.insert(usersKey, 2));
      expect(await store.accessKeys.list(user)).toEqual([usersKey]);
      expect((await store.accessKeys.list(root)).map(({ id }) => id)).toEqual(['AKIAROOTROOTROOTROOT']);
      expect(await store.accessKeys.list({ ...user, account: anotherAccount })).toEqual([]);
      expect(await store.identity.findAccessKey(usersKey.id)).toEqual(usersKey);
    });

    it('lets an owner have so many keys, however many are asked for at once', async () => {
      const made = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          store.accessKeys.insert({ ...usersKey, id: `AKIA000000000000000${index}` }, 2),
        ),
      );
      expect(made.filter(({ ok }) => ok)).toHaveLength(2);
      expect(await store.accessKeys.list(user)).toHaveLength(2);
    });

    it.each([
      ['of a user that is not there', { ...usersKey, userId: 'AIDAZZZZZZZZZZZZZZZZZ' }],
      ['of a user of another account', { ...usersKey, account: anotherAccount }],
    ])('takes no key %s', async (_what, key) => {
      expect(refused(await store.accessKeys.insert(key, 2))).toEqual({ code: 'LinkTargetMissing' });
      expect(await store.identity.findAccessKey(key.id)).toBeUndefined();
    });

    it('takes no id twice', async () => {
      accepted(await store.accessKeys.insert(usersKey, 2));
      expect(refused(await store.accessKeys.insert(usersKey, 2))).toEqual({ code: 'NameTaken' });
    });

    it('deactivates and removes keys for their owner alone', async () => {
      accepted(await store.accessKeys.insert(usersKey, 2));
      for (const other of [root, { ...user, account: anotherAccount }]) {
        expect(await store.accessKeys.setStatus(other, usersKey.id, 'Inactive')).toBe(false);
        expect(await store.accessKeys.remove(other, usersKey.id)).toBe(false);
      }
      expect(await store.identity.findAccessKey(usersKey.id)).toEqual(usersKey);
      expect(await store.accessKeys.setStatus(user, usersKey.id, 'Inactive')).toBe(true);
      expect(await store.identity.findAccessKey(usersKey.id)).toEqual({ ...usersKey, status: 'Inactive' });
      expect(await store.accessKeys.remove(user, usersKey.id)).toBe(true);
      expect(await store.accessKeys.remove(user, usersKey.id)).toBe(false);
      expect(await store.identity.findAccessKey(usersKey.id)).toBeUndefined();
      expect(await store.accessKeys.setStatus(user, 'nul\0', 'Inactive')).toBe(false);
    });

    it('keeps a user from being removed while keys are left', async () => {
      accepted(await store.accessKeys.insert(usersKey, 2));
      await expect(store.principals.remove(anAccount, 'user', 'adele', () => accept(undefined))).rejects.toThrow();
    });

    it('adds accounts once', async () => {
      const again = { id: anAccount, createdAt: usersKey.createdAt };
      const fresh = anAccessKey({ id: 'AKIAFRESHFRESHFRESHF' });
      expect(await store.accessKeys.insertAccount(again, fresh)).toBe(false);
      expect(await store.identity.findAccessKey(fresh.id)).toBeUndefined();
      expect((await store.identity.listAccounts(10)).map(({ id }) => id)).toEqual([anAccount, anotherAccount]);
    });
  });
}
