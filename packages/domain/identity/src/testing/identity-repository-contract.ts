import { type AccountId, type Region, instant, parseAccountId, parseRegion } from '@keywarden/kernel';
import type { AccessKey, Account, IdentityRepository } from '../access-key';

/** @param makeRepository a repository on an empty store, for one test */
export function identityRepositoryContract(makeRepository: () => Promise<IdentityRepository>): void {
  describe('IdentityRepository', () => {
    const id = parseAccountId('111122223333') as AccountId;
    const account: Account = { id, createdAt: instant(Date.UTC(2026, 0, 1)) };
    const accessKey: AccessKey = {
      id: 'AKIAIOSFODNN7EXAMPLE',
      account: id,
      status: 'Active',
      wrappedSecret: Uint8Array.of(0, 1, 254, 255),
      wrappedIn: parseRegion('eu-central-1') as Region,
      createdAt: account.createdAt,
    };
    let repository: IdentityRepository;
    beforeEach(async () => {
      repository = await makeRepository();
    });

    it('is empty at first', async () => {
      expect(await repository.listAccounts(10)).toEqual([]);
      expect(await repository.findAccount(id)).toBeUndefined();
      expect(await repository.findAccessKey(accessKey.id)).toBeUndefined();
    });

    it('finds the first account and its access key', async () => {
      expect(await repository.createFirstAccount(account, accessKey)).toBe(true);
      expect(await repository.findAccount(id)).toEqual(account);
      expect(await repository.findAccessKey(accessKey.id)).toEqual(accessKey);
      expect(await repository.listAccounts(10)).toEqual([account]);
      expect(await repository.listAccounts(0)).toEqual([]);
    });

    it('finds access keys by their exact id alone', async () => {
      await repository.createFirstAccount(account, accessKey);
      expect(await repository.findAccessKey(accessKey.id.toLowerCase())).toBeUndefined();
      expect(await repository.findAccessKey(`${accessKey.id} `)).toBeUndefined();
      expect(await repository.findAccessKey("' OR true --")).toBeUndefined();
    });

    it('stores nothing of a second first account', async () => {
      await repository.createFirstAccount(account, accessKey);
      const other = { ...account, id: parseAccountId('444455556666') as AccountId };
      const otherKey = { ...accessKey, id: 'AKIAI44QH8DHBEXAMPLE', account: other.id };
      expect(await repository.createFirstAccount(other, otherKey)).toBe(false);
      expect(await repository.findAccount(other.id)).toBeUndefined();
      expect(await repository.findAccessKey(otherKey.id)).toBeUndefined();
    });

    it('lets one of many first accounts win', async () => {
      const created = await Promise.all(
        Array.from({ length: 10 }, (_, index) => {
          const first = { ...account, id: parseAccountId(`11112222333${index}`) as AccountId };
          return repository.createFirstAccount(first, {
            ...accessKey,
            account: first.id,
            id: `AKIA00000000000000${index}`,
          });
        }),
      );
      expect(created.filter(Boolean)).toHaveLength(1);
      expect(await repository.listAccounts(10)).toHaveLength(1);
    });

    it('shares no bytes with its callers', async () => {
      const wrappedSecret = Uint8Array.of(1, 2, 3);
      await repository.createFirstAccount(account, { ...accessKey, wrappedSecret });
      wrappedSecret.fill(0);
      (await repository.findAccessKey(accessKey.id))!.wrappedSecret.fill(9);
      expect([...(await repository.findAccessKey(accessKey.id))!.wrappedSecret]).toEqual([1, 2, 3]);
    });
  });
}
