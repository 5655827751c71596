import { instant } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import { type NewKeyRequest, createKey, planKey } from './create-key';
import { keySpecs } from './key-specs';
import { aKeyMaterial, frankfurt, home, numberedKeyId, numberedMultiRegionKeyId } from './testing';

const now = instant(Date.UTC(2026, 0, 15));
const everywhere = () => true;
const request: NewKeyRequest = {
  spec: 'SYMMETRIC_DEFAULT',
  origin: 'AWS_KMS',
  description: '',
  policy: '{}',
  tags: [],
  multiRegion: false,
  manager: 'CUSTOMER',
};
const place = { ...home, id: numberedKeyId(1) };

describe('planKey', () => {
  it('takes symmetric keys to be for encryption when no usage is given', () => {
    expect(accepted(planKey(request, everywhere)).usage).toBe('ENCRYPT_DECRYPT');
  });

  it.each(Object.keys(keySpecs).filter((spec) => spec !== 'SYMMETRIC_DEFAULT') as (keyof typeof keySpecs)[])(
    'asks for the usage of a key of spec %s',
    (spec) => {
      expect(refused(planKey({ ...request, spec }, everywhere))).toEqual({ code: 'KeyUsageMissing' });
    },
  );

  it('refuses a usage that the spec cannot do', () => {
    expect(refused(planKey({ ...request, spec: 'HMAC_256', usage: 'SIGN_VERIFY' }, everywhere))).toEqual({
      code: 'KeyUsageNotOfSpec',
      usage: 'SIGN_VERIFY',
      spec: 'HMAC_256',
    });
  });

  it('refuses import for a spec whose material cannot be imported', () => {
    const external = { ...request, spec: 'ML_DSA_65', usage: 'SIGN_VERIFY', origin: 'EXTERNAL' } as const;
    expect(refused(planKey(external, everywhere))).toEqual({
      code: 'OriginNotOfSpec',
      origin: 'EXTERNAL',
      spec: 'ML_DSA_65',
    });
  });

  it('refuses a spec that this deployment does not offer, whatever else is asked', () => {
    expect(refused(planKey({ ...request, spec: 'SM2' }, (spec) => spec !== 'SM2'))).toEqual({
      code: 'KeySpecNotOffered',
      spec: 'SM2',
    });
  });
});

describe('createKey', () => {
  const plan = accepted(planKey(request, everywhere));

  it('is enabled with its first material', () => {
    const material = aKeyMaterial(1);
    expect(createKey(place, plan, material, now)).toMatchObject({
      ...place,
      state: { kind: 'Enabled' },
      materials: [material],
      currentMaterialId: material.id,
      createdAt: now,
      onDemandRotations: 0,
      multiRegion: undefined,
      version: 1,
    });
  });

  it('waits for import when it has none', () => {
    const key = createKey(place, { ...plan, origin: 'EXTERNAL' }, undefined, now);
    expect(key).toMatchObject({ state: { kind: 'PendingImport' }, materials: [], currentMaterialId: undefined });
  });

  it('is the primary without replicas when it is a multi-Region key', () => {
    const multiRegion = { ...home, id: numberedMultiRegionKeyId(1) };
    expect(createKey(multiRegion, { ...plan, multiRegion: true }, aKeyMaterial(1), now).multiRegion).toEqual({
      primaryRegion: frankfurt,
      replicaRegions: [],
    });
  });
});
