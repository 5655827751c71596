import { type Region, accept, parseAliasName, refuse } from '@keywarden/kernel';
import { disabled } from '../key-state';
import type { KmsKey } from '../kms-key';
import type { FamilyChange } from '../repositories';
import {
  type KeyStoreHarness,
  type MakeKeyStoreHarness,
  accepted,
  aKeyFamily,
  elsewhere,
  frankfurt,
  home,
  ireland,
  numberedMultiRegionKeyId,
  plenty,
  virginia,
} from './repository-harness';

const id = numberedMultiRegionKeyId(1);
const regionsOf = (copies: readonly KmsKey[]): readonly Region[] => copies.map(({ region }) => region);

/** How every `KeyRepository` changes all Regional copies of a key at once. */
export function keyFamilyContract(makeHarness: MakeKeyStoreHarness): void {
  describe('the copies of a multi-Region key', () => {
    let harness: KeyStoreHarness;
    beforeEach(async () => {
      harness = await makeHarness();
    });
    const storedFamily = async (...regions: readonly [Region, ...Region[]]): Promise<readonly KmsKey[]> => {
      const family = aKeyFamily(id, ...regions);
      for (const copy of family) accepted(await harness.keys.insert(copy, plenty));
      return family;
    };
    const find = (region: Region) => harness.keys.find({ region, id });

    it('are given to the decision sorted by Region, whichever of them was named', async () => {
      await storedFamily(virginia, ireland, frankfurt);
      let given: readonly KmsKey[] = [];
      await harness.keys.updateFamily({ ...home, region: ireland, id }, (copies) => {
        given = copies;
        return accept({ put: [], remove: [] });
      });
      expect(regionsOf(given)).toEqual([frankfurt, ireland, virginia]);
    });

    it('do not include the keys of another account with the same id', async () => {
      await storedFamily(frankfurt);
      const foreign = { ...aKeyFamily(id, ireland)[0]!, account: elsewhere.account };
      accepted(await harness.keys.insert(foreign, plenty));
      await harness.keys.updateFamily({ ...home, id }, (copies) => {
        expect(regionsOf(copies)).toEqual([frankfurt]);
        return accept({ put: [], remove: [] });
      });
      expect.assertions(1);
    });

    it('are stored together, each with its version counted up only when it changed', async () => {
      const [primary, replica] = (await storedFamily(frankfurt, ireland)) as [KmsKey, KmsKey];
      const change = await harness.keys.updateFamily({ ...home, id }, ([first, second]) =>
        accept({ put: [{ ...first!, state: disabled }, second!], remove: [] }),
      );
      const expected = { put: [{ ...primary, state: disabled, version: 2 }, replica], remove: [] };
      expect(change).toEqual(accept(expected));
      expect(await find(frankfurt)).toEqual(expected.put[0]);
      expect(await find(ireland)).toEqual(replica);
    });

    it('become more when a replica is put', async () => {
      const [alone] = (await storedFamily(frankfurt)) as [KmsKey];
      const [primary, replica] = aKeyFamily(id, frankfurt, ireland) as [KmsKey, KmsKey];
      accepted(await harness.keys.updateFamily(alone, () => accept({ put: [primary, replica], remove: [] })));
      expect(await find(frankfurt)).toEqual({ ...primary, version: 2 });
      expect(await find(ireland)).toEqual({ ...replica, version: 1 });
    });

    it('go away with all that hangs on them', async () => {
      const [primary, replica] = (await storedFamily(frankfurt, ireland)) as [KmsKey, KmsKey];
      const name = parseAliasName('alias/project')!;
      for (const target of [primary, replica]) {
        const alias = { account: target.account, region: target.region, name, targetKeyId: id };
        const at = target.createdAt;
        accepted(
          await harness.aliases.create(target, name, id, () => accept({ ...alias, createdAt: at, updatedAt: at })),
        );
      }
      const remaining = aKeyFamily(id, frankfurt)[0]!;
      accepted(await harness.keys.updateFamily(primary, () => accept({ put: [remaining], remove: [replica] })));
      expect(await find(ireland)).toBeUndefined();
      expect(await harness.aliases.find({ ...home, region: ireland }, name)).toBeUndefined();
      expect(await harness.aliases.find(home, name)).toMatchObject({ targetKeyId: id });
      expect(await find(frankfurt)).toEqual({ ...remaining, version: 2 });
      expect(await harness.keys.listIds({ ...home, region: ireland }, undefined, 10)).toEqual([]);
    });

    it('stay as they are when the decision refuses', async () => {
      const family = await storedFamily(frankfurt, ireland);
      expect(await harness.keys.updateFamily({ ...home, id }, () => refuse('no'))).toEqual(refuse('no'));
      expect([await find(frankfurt), await find(ireland)]).toEqual(family);
    });

    it.each<[string, (copies: readonly KmsKey[]) => FamilyChange]>([
      ['puts a key with another id', ([key]) => ({ put: [{ ...key!, id: numberedMultiRegionKeyId(2) }], remove: [] })],
      ['puts a key of another account', ([key]) => ({ put: [{ ...key!, account: elsewhere.account }], remove: [] })],
      ['puts one copy twice', ([key]) => ({ put: [{ ...key! }, { ...key! }], remove: [] })],
      ['puts and removes one copy', ([key]) => ({ put: [{ ...key! }], remove: [key!] })],
      ['removes what is not there', ([key]) => ({ put: [], remove: [{ ...key!, region: virginia }] })],
    ])('stay as they are when a faulty decision %s', async (_what, change) => {
      const family = await storedFamily(frankfurt, ireland);
      await expect(harness.keys.updateFamily({ ...home, id }, (copies) => accept(change(copies)))).rejects.toThrow();
      expect([await find(frankfurt), await find(ireland)]).toEqual(family);
      expect(await harness.keys.listIds(home, undefined, 10)).toEqual([id]);
    });

    it('are held together: updates through different Regions never interleave', async () => {
      await storedFamily(frankfurt, ireland);
      const append = (copies: readonly KmsKey[]) =>
        accept({ put: copies.map((copy) => ({ ...copy, description: `${copies[0]!.description}.` })), remove: [] });
      await Promise.all(
        Array.from({ length: 20 }, (_, index) => {
          const region = index % 2 === 0 ? frankfurt : ireland;
          if (index % 5 === 4) {
            const one = (key: KmsKey) => accept({ ...key, onDemandRotations: key.onDemandRotations + 1 });
            return harness.keys.update({ ...home, region, id }, one);
          }
          return harness.keys.updateFamily({ ...home, region, id }, append);
        }),
      );
      const [first, second] = [await find(frankfurt), await find(ireland)];
      expect(first!.description).toBe('.'.repeat(16));
      expect(second!.description).toBe('.'.repeat(16));
      expect(first!.onDemandRotations + second!.onDemandRotations).toBe(4);
      expect(first!.version + second!.version).toBe(2 + 2 * 16 + 4);
    });

    it('are seen whole by every decision while replicas come and go', async () => {
      await storedFamily(frankfurt);
      const toggle = (copies: readonly KmsKey[]) => {
        const replica = copies.find(({ region }) => region === ireland);
        const regions = replica === undefined ? [ireland] : [];
        const [primary, fresh] = aKeyFamily(id, frankfurt, ...regions);
        expect(copies[0]!.multiRegion!.replicaRegions).toEqual(replica === undefined ? [] : [ireland]);
        return accept({ put: fresh === undefined ? [primary!] : [primary!, fresh], remove: replica ? [replica] : [] });
      };
      const toggled = Array.from({ length: 11 }, () => harness.keys.updateFamily({ ...home, id }, toggle));
      for (const result of await Promise.all(toggled)) accepted(result);
      expect(await find(ireland)).toBeDefined();
    });

    it('answers one of the racing removals alone', async () => {
      const [key] = (await storedFamily(frankfurt)) as [KmsKey];
      const remove = () => harness.keys.updateFamily(key, () => accept({ put: [], remove: [key] }));
      const results = await Promise.all(Array.from({ length: 5 }, remove));
      expect(results.filter(({ ok }) => ok)).toHaveLength(1);
      const refusals = results.filter(({ ok }) => !ok);
      expect(refusals).toEqual(refusals.map(() => refuse(expect.objectContaining({ code: 'KeyNotFound' }))));
    });
  });
}
