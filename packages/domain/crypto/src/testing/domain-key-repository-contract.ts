import { type AccountId, type Region, accept, parseAccountId, parseRegion } from '@keywarden/kernel';
import type { DomainKeyRepository, StoredDomainKey } from '../root-keys';

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
      expect(await repository.samples()).toEqual([]);
    });

    it('lists the versions of one account and Region, oldest first', async () => {
      expect(await repository.insertIfAbsent(second)).toEqual(accept(second));
      expect(await repository.insertIfAbsent(first)).toEqual(accept(first));
      await repository.insertIfAbsent({ ...first, version: 10 });
      await repository.insertIfAbsent({ ...first, region: parseRegion('eu-west-1') as Region });
      await repository.insertIfAbsent({ ...first, account: parseAccountId('444455556666') as AccountId });
      expect(await repository.list(account, region)).toEqual([first, second, { ...first, version: 10 }]);
    });

    it('keeps a version that is there and answers with it', async () => {
      await repository.insertIfAbsent(first);
      const other = { ...first, rootKeyId: 'root-2', wrapped: Uint8Array.of(9) };
      expect(await repository.insertIfAbsent(other)).toEqual(accept(first));
      expect(await repository.list(account, region)).toEqual([first]);
    });

    it('answers all of many simultaneous inserts with the one that won', async () => {
      const inserts = Array.from({ length: 20 }, (_, index) =>
        repository.insertIfAbsent({ ...first, wrapped: Uint8Array.of(index) }),
      );
      const answers = await Promise.all(inserts);
      const [stored] = await repository.list(account, region);
      for (const answer of answers) expect(answer).toEqual(accept(stored));
    });

    it('gives one domain key of each root key as a sample', async () => {
      await repository.insertIfAbsent(first);
      await repository.insertIfAbsent(second);
      const other = { ...second, version: 3, rootKeyId: 'root-2' };
      await repository.insertIfAbsent(other);
      const samples = await repository.samples();
      expect(samples.map(({ rootKeyId }) => rootKeyId).sort()).toEqual(['root-1', 'root-2']);
      expect(samples).toContainEqual(other);
    });
  });
}
