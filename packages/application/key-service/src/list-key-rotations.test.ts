import { accepted, refused } from '@keywarden/kernel/testing';
import { type KmsKey, arnOf } from '@keywarden/keys';
import { aKeyMaterial, aKmsKey, aMaterialId } from '@keywarden/keys/testing';
import { instant } from '@keywarden/kernel';
import { type ListKeyRotations, ListKeyRotationsHandler } from './list-key-rotations';
import { describeDoor } from './testing/door-refusals';
import { aKeyOf, operationSuite } from './testing/operation-suite';

const rotation = { at: instant(5), type: 'ON_DEMAND' as const };
const automatic = { at: instant(9), type: 'AUTOMATIC' as const };
const key = aKmsKey({
  materials: [
    aKeyMaterial(1, { state: 'NON_CURRENT' }),
    aKeyMaterial(2, { state: 'NON_CURRENT', rotation }),
    aKeyMaterial(3, { rotation: automatic }),
  ],
  currentMaterialId: aMaterialId(3),
});
const list = async (of: KmsKey, command: Partial<ListKeyRotations> = {}) => {
  const { door, context } = operationSuite(of);
  return new ListKeyRotationsHandler(door).handle(context(), { keyId: of.id, ...command });
};

describe('ListKeyRotations', () => {
  describeDoor(key, 'refused', (suite, keyId, stranger) =>
    new ListKeyRotationsHandler(suite.door).handle(stranger === true ? suite.stranger() : suite.context(), { keyId }),
  );

  it('lists completed rotations, oldest first', async () => {
    expect(accepted(await list(key))).toEqual({
      rotations: [
        {
          keyId: key.id,
          keyMaterialId: aMaterialId(2),
          keyMaterialState: 'NON_CURRENT',
          rotationDate: rotation.at,
          rotationType: 'ON_DEMAND',
        },
        {
          keyId: key.id,
          keyMaterialId: aMaterialId(3),
          keyMaterialState: 'CURRENT',
          rotationDate: automatic.at,
          rotationType: 'AUTOMATIC',
        },
      ],
      nextMarker: undefined,
      truncated: false,
    });
  });

  it('adds the first material and pending ones when asked, with what is known of their import', async () => {
    const validTo = instant(Date.UTC(2027, 0, 1));
    const external = aKmsKey({
      origin: 'EXTERNAL',
      materials: [
        aKeyMaterial(1, { wrapped: undefined, imported: { description: 'lost' } }),
        aKeyMaterial(2, { state: 'PENDING_ROTATION', imported: { validTo } }),
      ],
    });
    const { rotations } = accepted(await list(external, { includeKeyMaterial: 'ALL_KEY_MATERIAL' }));
    expect(rotations).toEqual([
      {
        keyId: key.id,
        keyMaterialId: aMaterialId(1),
        keyMaterialState: 'CURRENT',
        keyMaterialDescription: 'lost',
        importState: 'PENDING_IMPORT',
      },
      {
        keyId: key.id,
        keyMaterialId: aMaterialId(2),
        keyMaterialState: 'PENDING_ROTATION',
        importState: 'IMPORTED',
        expirationModel: 'KEY_MATERIAL_EXPIRES',
        validTo,
      },
    ]);
  });

  it('goes on where the page before ended, for the same list alone', async () => {
    const all = { includeKeyMaterial: 'ALL_KEY_MATERIAL', limit: 2 } as const;
    const first = accepted(await list(key, all));
    expect(first).toMatchObject({ truncated: true, rotations: [{}, {}] });
    const second = accepted(await list(key, { ...all, marker: first.nextMarker }));
    expect(second.rotations.map(({ keyMaterialId }) => keyMaterialId)).toEqual([aMaterialId(3)]);
    expect(second.truncated).toBe(false);
    for (const marker of [first.nextMarker, 'no marker']) {
      expect(refused(await list(key, { marker }))).toEqual({ code: 'MarkerNotValid' });
    }
  });

  it('is for symmetric encryption keys', async () => {
    const rsa = aKeyOf('RSA_2048', 'SIGN_VERIFY');
    expect(refused(await list(rsa))).toEqual({ code: 'SpecNotValid', keyArn: arnOf(rsa) });
    const store = { ...key, origin: 'AWS_CLOUDHSM' as const };
    expect(refused(await list(store))).toMatchObject({ code: 'OriginNotValid' });
  });
});
