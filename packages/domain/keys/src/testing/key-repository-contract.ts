import { accept, instant, refuse } from '@keywarden/kernel';
import { disabled, enabled } from '../key-state';
import type { KmsKey } from '../kms-key';
import { aKmsKey } from './a-kms-key';
import {
  type KeyStoreHarness,
  type MakeKeyStoreHarness,
  accepted,
  aKeyMaterial,
  aMaterialId,
  elsewhere,
  home,
  ireland,
  numberedKeyId,
  plenty,
} from './repository-harness';

const now = instant(Date.UTC(2026, 5, 1));

/** Every optional member set, and text that a careless store would damage. */
function anElaborateKey(): KmsKey {
  return aKmsKey({
    origin: 'EXTERNAL',
    description: 'naïve “ключ” 🔑 \u0000 \\u0000 \ud800 $1',
    policy: '{ "Version":"2012-10-17",\r\n\t"Statement":[] }  ',
    tags: [
      { key: 'zeta', value: '' },
      { key: 'alpha', value: 'a\u0000"b' },
    ],
    rotation: { enabled: true, periodInDays: 2560, countedFrom: instant(1) },
    onDemandRotations: 25,
    currentMaterialId: aMaterialId(2),
    materials: [
      aKeyMaterial(9, { state: 'NON_CURRENT', wrapped: undefined, imported: {} }),
      aKeyMaterial(2, {
        publicKey: Uint8Array.of(0, 1, 128, 255),
        imported: { validTo: instant(8.64e15), description: 'from the HSM' },
        rotation: { at: instant(2), type: 'ON_DEMAND' },
      }),
      aKeyMaterial(1, { state: 'PENDING_ROTATION' }),
    ],
  });
}

/** What every `KeyRepository` does for a single key; families and quotas have suites of their own. */
export function keyRepositoryContract(makeHarness: MakeKeyStoreHarness): void {
  describe('KeyRepository', () => {
    let harness: KeyStoreHarness;
    beforeEach(async () => {
      harness = await makeHarness();
    });
    const stored = async (key: KmsKey = aKmsKey()): Promise<KmsKey> => accepted(await harness.keys.insert(key, plenty));

    it.each([
      ['plain', aKmsKey()],
      ['elaborate', anElaborateKey()],
      [
        'waiting for import',
        aKmsKey({ state: { kind: 'PendingImport' }, materials: [], currentMaterialId: undefined }),
      ],
      ['pending deletion', aKmsKey({ state: { kind: 'PendingDeletion', deletionDate: instant(123) } })],
    ])('finds a %s key as it was inserted', async (_kind, key) => {
      expect(await stored(key)).toEqual(key);
      expect(await harness.keys.find(key)).toEqual(key);
    });

    it('finds nothing under an unknown id or in another Region', async () => {
      await stored();
      expect(await harness.keys.find({ ...aKmsKey(), id: numberedKeyId(7) })).toBeUndefined();
      expect(await harness.keys.find({ ...aKmsKey(), region: ireland })).toBeUndefined();
    });

    it('does not insert a second key under the same name', async () => {
      await stored();
      await expect(harness.keys.insert(aKmsKey({ ...elsewhere, description: 'other' }), plenty)).rejects.toThrow();
      expect(await harness.keys.find(aKmsKey())).toEqual(aKmsKey());
    });

    it('stores what an update decides and counts the version up', async () => {
      const key = await stored();
      const changed = await harness.keys.update(key, (given) => accept({ ...given, state: disabled }));
      expect(changed).toEqual(accept({ ...key, state: disabled, version: 2 }));
      expect(await harness.keys.find(key)).toEqual(accepted(changed));
    });

    it('stores nothing when the decision returns the very key it was given', async () => {
      const key = await stored();
      expect(await harness.keys.update(key, accept)).toEqual(accept(key));
      expect(await harness.keys.find(key)).toEqual(key);
    });

    it('changes nothing when the decision refuses', async () => {
      const key = await stored();
      const refused = await harness.keys.update(key, () => refuse({ code: 'Because' } as const));
      expect(refused).toEqual(refuse({ code: 'Because' }));
      expect(await harness.keys.find(key)).toEqual(key);
    });

    it('changes nothing and can go on when the decision throws', async () => {
      const key = await stored();
      const decide = (): never => {
        throw new Error('a bug');
      };
      await expect(harness.keys.update(key, decide)).rejects.toThrow('a bug');
      expect(await harness.keys.find(key)).toEqual(key);
      expect(await harness.keys.update(key, (given) => accept({ ...given, state: disabled }))).toMatchObject({
        ok: true,
      });
    });

    it.each([
      ['an unknown id', { ...home, id: numberedKeyId(7) }],
      ['another Region', { ...home, region: ireland, id: aKmsKey().id }],
      ['another account', { ...elsewhere, id: aKmsKey().id }],
    ])('answers KeyNotFound for %s and does not ask for a decision', async (_what, name) => {
      await stored();
      const decide = jest.fn(accept);
      const refusal = { code: 'KeyNotFound', keyArn: `arn:aws:kms:${name.region}:${name.account}:key/${name.id}` };
      expect(await harness.keys.update(name, decide)).toEqual(refuse(refusal));
      expect(await harness.keys.updateFamily(name, jest.fn())).toEqual(refuse(refusal));
      expect(decide).not.toHaveBeenCalled();
    });

    it.each<[string, Partial<KmsKey>]>([
      ['id', { id: numberedKeyId(9) }],
      ['account', { account: elsewhere.account }],
      ['Region', { region: ireland }],
      ['spec', { spec: 'HMAC_256' }],
      ['usage', { usage: 'SIGN_VERIFY' }],
      ['origin', { origin: 'EXTERNAL' }],
      ['manager', { manager: 'AWS' }],
      ['creation date', { createdAt: now }],
    ])('takes a decision that changes the %s of a key for a bug', async (_what, change) => {
      const key = await stored();
      await expect(harness.keys.update(key, (given) => accept({ ...given, ...change }))).rejects.toThrow();
      expect(await harness.keys.find(key)).toEqual(key);
    });

    it('makes a new material current, drops wiped bytes and forgets removed materials', async () => {
      const key = await stored(anElaborateKey());
      const [old, current, pending] = key.materials;
      const materials = [
        { ...current!, state: 'NON_CURRENT' as const, wrapped: undefined, imported: { description: 'expired' } },
        { ...pending!, state: 'CURRENT' as const, rotation: { at: now, type: 'AUTOMATIC' as const } },
      ];
      await harness.keys.update(key, (given) => accept({ ...given, materials, currentMaterialId: pending!.id }));
      const found = await harness.keys.find(key);
      expect(found).toEqual({ ...key, materials, currentMaterialId: pending!.id, version: 2 });
      expect(found!.materials[0]!.wrapped).toBeUndefined();
      expect(found!.materials.map(({ id }) => id)).not.toContain(old!.id);
    });

    it('makes an older material current in place of a newer one', async () => {
      const [older, newer] = [aKeyMaterial(1, { state: 'NON_CURRENT' }), aKeyMaterial(2)];
      const key = await stored(aKmsKey({ materials: [older, newer], currentMaterialId: newer.id }));
      const materials = [
        { ...older, state: 'CURRENT' as const },
        { ...newer, state: 'NON_CURRENT' as const },
      ];
      await harness.keys.update(key, (given) => accept({ ...given, materials, currentMaterialId: older.id }));
      expect(await harness.keys.find(key)).toEqual({ ...key, materials, currentMaterialId: older.id, version: 2 });
    });

    it('keeps the order of materials when it is another one', async () => {
      const key = await stored(anElaborateKey());
      const materials = [...key.materials].reverse();
      await harness.keys.update(key, (given) => accept({ ...given, materials }));
      expect((await harness.keys.find(key))!.materials).toEqual(materials);
    });

    it('takes away rotation, tags and the current material when they are gone', async () => {
      const key = await stored(anElaborateKey());
      const bare = { ...key, rotation: undefined, tags: [], materials: [], currentMaterialId: undefined };
      await harness.keys.update(key, () => accept(bare));
      expect(await harness.keys.find(key)).toEqual({ ...bare, version: 2 });
    });

    it('lets twenty updates at once pass one after the other', async () => {
      const key = await stored();
      const append = (given: KmsKey) => accept({ ...given, description: `${given.description}.` });
      const changed = await Promise.all(Array.from({ length: 20 }, () => harness.keys.update(key, append)));
      expect(changed.map((result) => accepted(result).version).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 20 }, (_, index) => index + 2),
      );
      expect(await harness.keys.find(key)).toMatchObject({ description: '.'.repeat(20), version: 21 });
    });

    it('lets one of twenty competing updates win', async () => {
      const key = await stored();
      const disable = (given: KmsKey) =>
        given.state.kind === 'Enabled' ? accept({ ...given, state: disabled }) : refuse({ code: 'TooLate' } as const);
      const results = await Promise.all(Array.from({ length: 20 }, () => harness.keys.update(key, disable)));
      expect(results.filter(({ ok }) => ok)).toHaveLength(1);
      expect(await harness.keys.find(key)).toMatchObject({ version: 2 });
    });

    it('shows the materials of the version before to no decision', async () => {
      const key = await stored(aKmsKey({ materials: [], currentMaterialId: undefined }));
      const add = (given: KmsKey) => {
        const older = given.materials.map((material) => ({ ...material, state: 'NON_CURRENT' as const }));
        return accept({ ...given, materials: [...older, aKeyMaterial(given.materials.length)] });
      };
      await Promise.all(Array.from({ length: 12 }, () => harness.keys.update(key, add)));
      const materials = (await harness.keys.find(key))!.materials;
      expect(materials.map(({ id }) => id)).toEqual(Array.from({ length: 12 }, (_, index) => aMaterialId(index)));
    });

    it('shares no bytes with its callers', async () => {
      const wrapped = Uint8Array.of(1, 2, 3);
      const key = aKmsKey({ materials: [aKeyMaterial(1, { wrapped: wrapped as never })] });
      await stored(key);
      wrapped.fill(0);
      (await harness.keys.find(key))!.materials[0]!.wrapped!.fill(9);
      await harness.keys.update(key, (given) => {
        given.materials[0]!.wrapped!.fill(8);
        return refuse('no');
      });
      expect([...(await harness.keys.find(key))!.materials[0]!.wrapped!]).toEqual([1, 2, 3]);
    });

    it('lists the ids of one account and Region in ascending order, page by page', async () => {
      const ids = [5, 1, 3, 2, 4].map(numberedKeyId);
      for (const id of ids) await stored(aKmsKey({ id, manager: id === numberedKeyId(3) ? 'AWS' : 'CUSTOMER' }));
      await stored(aKmsKey({ ...elsewhere, id: numberedKeyId(6) }));
      await stored(aKmsKey({ region: ireland, id: numberedKeyId(7) }));
      const first = await harness.keys.listIds(home, undefined, 2);
      expect(first).toEqual([1, 2].map(numberedKeyId));
      expect(await harness.keys.listIds(home, first[1], 10)).toEqual([3, 4, 5].map(numberedKeyId));
      expect(await harness.keys.listIds(home, numberedKeyId(5), 10)).toEqual([]);
    });

    it('finds an update that another one has just made undone', async () => {
      const key = await stored();
      await harness.keys.update(key, (given) => accept({ ...given, state: disabled }));
      await harness.keys.update(key, (given) => accept({ ...given, state: enabled }));
      expect(await harness.keys.find(key)).toEqual({ ...key, version: 3 });
    });
  });
}
