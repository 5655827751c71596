import { accept } from '@keywarden/kernel';
import type { KmsKey } from '../kms-key';
import { aKmsKey } from './a-kms-key';
import {
  type KeyStoreHarness,
  type MakeKeyStoreHarness,
  accepted,
  aKeyFamily,
  elsewhere,
  frankfurt,
  ireland,
  numberedKeyId,
  numberedMultiRegionKeyId,
} from './repository-harness';

/** How every `KeyRepository` holds the quota of customer managed keys in an account and Region. */
export function keyQuotaContract(makeHarness: MakeKeyStoreHarness): void {
  describe('the quota of KMS keys', () => {
    let harness: KeyStoreHarness;
    beforeEach(async () => {
      harness = await makeHarness();
    });
    const insert = (index: number, limit: number, changes: Partial<KmsKey> = {}) =>
      harness.keys.insert(aKmsKey({ id: numberedKeyId(index), ...changes }), limit);
    const reached = (limit: number, current: number) => ({
      ok: false,
      refusal: { code: 'KeyQuotaReached', limit, current },
    });

    it('refuses the key after the last one and stores nothing of it', async () => {
      accepted(await insert(1, 2));
      accepted(await insert(2, 2));
      expect(await insert(3, 2)).toEqual(reached(2, 2));
      expect(await harness.keys.find(aKmsKey({ id: numberedKeyId(3) }))).toBeUndefined();
    });

    it('refuses even the first key when the limit is 0', async () => {
      expect(await insert(1, 0)).toEqual(reached(0, 0));
    });

    it('does not count keys of other accounts, of other Regions, and AWS managed keys', async () => {
      accepted(await insert(1, 1, elsewhere));
      accepted(await insert(2, 1, { region: ireland }));
      accepted(await insert(3, 0, { manager: 'AWS' }));
      expect(await insert(4, 1)).toMatchObject({ ok: true });
    });

    it('lets exactly as many keys in as there is room for when many come at once', async () => {
      const results = await Promise.all(Array.from({ length: 12 }, (_, index) => insert(index, 5)));
      expect(results.filter(({ ok }) => ok)).toHaveLength(5);
      expect(await insert(99, 5)).toEqual(reached(5, 5));
    });

    it('has room again when a key was removed', async () => {
      const key = accepted(await insert(1, 1));
      accepted(await harness.keys.updateFamily(key, () => accept({ put: [], remove: [key] })));
      expect(await insert(2, 1)).toMatchObject({ ok: true });
      expect(await insert(3, 1)).toEqual(reached(1, 1));
    });

    it('has no room left over when an insert failed', async () => {
      accepted(await insert(1, 2));
      await expect(insert(1, 2)).rejects.toThrow();
      expect(await insert(2, 2)).toMatchObject({ ok: true });
      expect(await insert(3, 2)).toEqual(reached(2, 2));
    });

    it('counts replicas in their Region', async () => {
      const [primary, replica] = aKeyFamily(numberedMultiRegionKeyId(1), frankfurt, ireland) as [KmsKey, KmsKey];
      const alone = { ...primary, multiRegion: { primaryRegion: frankfurt, replicaRegions: [] } };
      accepted(await harness.keys.insert(alone, 1));
      accepted(await harness.keys.updateFamily(alone, () => accept({ put: [primary, replica], remove: [] })));
      expect(await insert(2, 1, { region: ireland })).toEqual(reached(1, 1));
    });

    /** Stores the primary and asks for a replica in Ireland, where so many keys may be. */
    const replicate = async (index: number, limit: number) => {
      const [primary, replica] = aKeyFamily(numberedMultiRegionKeyId(index), frankfurt, ireland) as [KmsKey, KmsKey];
      const alone = { ...primary, multiRegion: { primaryRegion: frankfurt, replicaRegions: [] } };
      accepted(await harness.keys.insert(alone, 100));
      const room = { limit: ({ region }: KmsKey) => (region === ireland ? limit : 0), refusal: (full: object) => full };
      return {
        alone,
        made: await harness.keys.updateFamily<object>(
          alone,
          () => accept({ put: [primary, replica], remove: [] }),
          room,
        ),
      };
    };

    it('refuses a replica for which its Region has no room, and changes nothing', async () => {
      accepted(await insert(1, 1, { region: ireland }));
      const { alone, made } = await replicate(2, 1);
      expect(made).toEqual(reached(1, 1));
      expect(await harness.keys.find({ region: ireland, id: alone.id })).toBeUndefined();
      expect((await harness.keys.find(alone))?.multiRegion).toEqual(alone.multiRegion);
      expect((await replicate(3, 2)).made).toMatchObject({ ok: true });
    });

    it('lets one of many replicas in at once where there is room for one', async () => {
      const made = await Promise.all(Array.from({ length: 12 }, (_, index) => replicate(index + 1, 1)));
      expect(made.filter(({ made: { ok } }) => ok)).toHaveLength(1);
      expect(await insert(99, 1, { region: ireland })).toEqual(reached(1, 1));
    });

    it('lets exactly one of fifty in when there is room for one more', async () => {
      for (let index = 0; index < 4; index += 1) accepted(await insert(index, 5));
      const results = await Promise.all(Array.from({ length: 50 }, (_, index) => insert(index + 10, 5)));
      expect(results.filter(({ ok }) => ok)).toHaveLength(1);
      expect(results.filter(({ ok }) => !ok)).toEqual(Array(49).fill(reached(5, 5)));
    });
  });
}
