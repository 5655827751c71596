import { instant } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import { disabled } from './key-state';
import { type KmsKey, arnOf } from './kms-key';
import { type ReplicaTerms, checkPrimary, finishReplica, replicateKey, updatePrimaryRegion } from './multi-region';
import { aKeyFamily, aKeyMaterial, aKmsKey, frankfurt, ireland, numberedMultiRegionKeyId, virginia } from './testing';

const now = instant(Date.UTC(2026, 0, 15));
const id = numberedMultiRegionKeyId(1);
const [lone] = aKeyFamily(id, frankfurt) as [KmsKey];
const [primary, inIreland, inVirginia] = aKeyFamily(id, frankfurt, ireland, virginia) as [KmsKey, KmsKey, KmsKey];
const terms: ReplicaTerms = { region: ireland, description: '', policy: '{"own":true}', tags: [] };
const pendingDeletion = { kind: 'PendingDeletion', deletionDate: instant(now + 1) } as const;

describe('replicateKey', () => {
  it('makes a copy of the key with its own description, policy and tags', () => {
    const source = { ...lone, description: 'primary', policySetAt: now, tags: [{ key: 'a', value: '1' }] };
    const { replica } = accepted(replicateKey([source], source, terms, [aKeyMaterial(1)], now));
    expect(replica).toMatchObject({ ...terms, id, spec: lone.spec, usage: lone.usage, createdAt: now, version: 1 });
    expect(replica.policySetAt).toBeUndefined();
    expect(replica.state.kind).toBe('Creating');
    expect(replica.materials).toEqual([aKeyMaterial(1)]);
  });

  it('tells every copy of all replicas, sorted', () => {
    const copies = aKeyFamily(id, frankfurt, virginia);
    const made = accepted(replicateKey(copies, copies[0]!, terms, [], now)).copies;
    expect(made.map(({ region }) => region)).toEqual([frankfurt, virginia, ireland]);
    for (const { multiRegion } of made) expect(multiRegion?.replicaRegions).toEqual([ireland, virginia]);
  });

  it('refuses a Region that has a copy, the own one included', () => {
    const into = (region: typeof ireland) => replicateKey([primary, inIreland], primary, { ...terms, region }, [], now);
    expect(refused(into(ireland))).toEqual({ code: 'ReplicaExists', keyArn: arnOf(inIreland) });
    expect(refused(into(frankfurt))).toEqual({ code: 'PrimaryInRegion', region: frankfurt });
  });

  it.each([
    ['a replica', inIreland, 'NotMultiRegionPrimary'],
    ['a single-Region key', aKmsKey(), 'NotMultiRegion'],
    ['a disabled key', { ...lone, state: disabled }, 'KeyDisabled'],
    ['a key that waits for deletion', { ...lone, state: pendingDeletion }, 'KeyInState'],
    ['a key that AWS services own', { ...lone, manager: 'AWS' }, 'AwsManagedKey'],
  ] as [string, KmsKey, string][])('refuses %s', (_what, key, code) => {
    expect(refused(replicateKey([key], key, terms, [], now))).toMatchObject({ code, keyArn: arnOf(key) });
    expect(refused(checkPrimary('ReplicateKey', key, now))).toMatchObject({ code });
  });
});

describe('finishReplica', () => {
  const creating = { ...inIreland, state: { kind: 'Creating' } } as const;

  it('makes the replica usable', () => {
    expect(finishReplica(creating, now).state.kind).toBe('Enabled');
  });

  it.each([
    ['without the bytes of its material', { ...aKeyMaterial(1, { imported: {} }), wrapped: undefined }],
    ['with material that has expired', aKeyMaterial(1, { imported: { validTo: now } })],
  ])('lets an imported key %s wait for import', (_what, material) => {
    const key: KmsKey = { ...creating, origin: 'EXTERNAL', materials: [material], currentMaterialId: material.id };
    expect(finishReplica(key, now).state.kind).toBe('PendingImport');
  });

  it('does nothing to a key that is not being created', () => {
    expect(finishReplica(primary, now)).toBe(primary);
  });
});

describe('updatePrimaryRegion', () => {
  const update = (copies: readonly KmsKey[], region = ireland) => updatePrimaryRegion(copies, copies[0]!, region, now);

  it('swaps the roles on every copy', () => {
    const swapped = accepted(update([primary, inIreland, inVirginia]));
    expect(swapped.map(({ region }) => region)).toEqual([frankfurt, ireland, virginia]);
    for (const { multiRegion } of swapped) {
      expect(multiRegion).toEqual({ primaryRegion: ireland, replicaRegions: [frankfurt, virginia] });
    }
  });

  it('hands the rotation schedule and the count of rotations over', () => {
    const rotation = { enabled: true, periodInDays: 90, countedFrom: now };
    const rotating = { ...primary, rotation, onDemandRotations: 7 };
    const stale = { ...inIreland, rotation: { enabled: false, periodInDays: 365, countedFrom: instant(0) } };
    const [, successor] = accepted(update([rotating, stale]));
    expect(successor).toMatchObject({ rotation, onDemandRotations: 7 });
  });

  it.each([
    ['the Region that is primary already', frankfurt, [primary, inIreland], 'AlreadyPrimary'],
    ['a Region without a copy', virginia, [primary, inIreland], 'KeyNotFound'],
    ['a replica that is disabled', ireland, [primary, { ...inIreland, state: disabled }], 'KeyDisabled'],
    ['a replica that waits for deletion', ireland, [primary, { ...inIreland, state: pendingDeletion }], 'KeyInState'],
    ['a replica in the making', ireland, [primary, { ...inIreland, state: { kind: 'Creating' } }], 'KeyInState'],
  ] as [string, typeof ireland, KmsKey[], string][])('refuses %s', (_what, region, copies, code) => {
    expect(refused(update(copies, region))).toMatchObject({ code, keyArn: arnOf({ ...primary, region }) });
  });

  it('refuses to be called on a replica', () => {
    expect(refused(updatePrimaryRegion([primary, inIreland], inIreland, ireland, now)).code).toBe(
      'NotMultiRegionPrimary',
    );
  });
});
