import { type AccountId, type Region, parseAccountId, parseRegion } from '@keywarden/kernel';
import type { DomainKeyRepository, StoredDomainKey } from '../ports';

/** @param makeRepository a repository on an empty store, for one test */
export function domainKeyRepositoryContract(makeRepository: () => Promise<DomainKeyRepository>): void {
  describe('DomainKeyRepository', () => {
    const account = parseAccountId('111122223333') as AccountId;
    const region = parseRegion('eu-central-1') as Region;
    const first: StoredDomainKey = {
      account,
      region,
      version: 1,
      rootKeyId: 'root-1',
      wrapped: Uint8Array.of(0, 1, 254, 255),
    };
    const second: StoredDomainKey = { ...first, version: 2, wrapped: Uint8Array.of(2) };
    let repository: DomainKeyRepository;
    beforeEach(async () => {
      repository = await makeRepository();
    });

    it('is empty at first', async () => {
      expect(await repository.list(account, region)).toEqual([]);
      expect(await repository.findAny()).toBeUndefined();
    });

    it('lists the versions of one account and Region, oldest first', async () => {
      expect(await repository.insertIfAbsent(second)).toEqual(second);
      expect(await repository.insertIfAbsent(first)).toEqual(first);
      await repository.insertIfAbsent({ ...first, version: 10 });
      await repository.insertIfAbsent({ ...first, region: parseRegion('eu-west-1') as Region });
      await repository.insertIfAbsent({ ...first, account: parseAccountId('444455556666') as AccountId });
      expect(await repository.list(account, region)).toEqual([first, second, { ...first, version: 10 }]);
    });

    it('keeps a version that is there and answers with it', async () => {
      await repository.insertIfAbsent(first);
      const other = { ...first, rootKeyId: 'root-2', wrapped: Uint8Array.of(9) };
      expect(await repository.insertIfAbsent(other)).toEqual(first);
      expect(await repository.list(account, region)).toEqual([first]);
    });

    it('answers all of many simultaneous inserts with the one that won', async () => {
      const inserts = Array.from({ length: 20 }, (_, index) =>
        repository.insertIfAbsent({ ...first, wrapped: Uint8Array.of(index) }),
      );
      const answers = await Promise.all(inserts);
      const [stored] = await repository.list(account, region);
      for (const answer of answers) expect(answer).toEqual(stored);
    });

    it('finds any one domain key', async () => {
      await repository.insertIfAbsent(second);
      expect(await repository.findAny()).toEqual(second);
    });
  });
}
