import { instant, plusMilliseconds } from '@keywarden/kernel';
import { type KmsKey, type WrappedMaterial, disabled, enabled, pendingImport } from '@keywarden/keys';
import {
  aKeyFamily,
  aKeyMaterial,
  aKmsKey,
  frankfurt,
  ireland,
  numberedMultiRegionKeyId,
} from '@keywarden/keys/testing';
import { eventsOfKeyChange } from './events-of-key-change';

const now = instant(Date.UTC(2026, 5, 1));
const facts = (before: KmsKey | undefined, after: KmsKey | undefined) =>
  eventsOfKeyChange(before, after, now).map((event) => event.facts);
const imported = (validTo?: number) =>
  aKeyMaterial(1, { imported: validTo === undefined ? {} : { validTo: instant(validTo) } });
const external = (changes: Partial<KmsKey> = {}) => aKmsKey({ origin: 'EXTERNAL', ...changes });
const { id: materialId } = imported();

describe('the events of a change', () => {
  it('name the key and the instant', () => {
    const key = aKmsKey({ state: disabled });
    const { account, region, id } = key;
    expect(eventsOfKeyChange(aKmsKey(), key, now)).toEqual([
      { key: { account, region, id }, at: now, facts: { type: 'KeyDisabled' } },
    ]);
  });

  it('are none for a change of nothing', () => {
    const key = aKmsKey();
    expect(facts(key, key)).toEqual([]);
    expect(facts(key, { ...key, version: 2 })).toEqual([]);
    expect(facts(undefined, undefined)).toEqual([]);
  });

  it('tell of a new key and of one that is gone', () => {
    const [primary] = aKeyFamily(numberedMultiRegionKeyId(1), frankfurt);
    expect(facts(undefined, aKmsKey())).toEqual([
      {
        type: 'KeyCreated',
        spec: 'SYMMETRIC_DEFAULT',
        usage: 'ENCRYPT_DECRYPT',
        origin: 'AWS_KMS',
        manager: 'CUSTOMER',
      },
    ]);
    expect(facts(undefined, primary)).toMatchObject([{ type: 'KeyCreated', primaryRegion: frankfurt }]);
    expect(facts(aKmsKey(), undefined)).toEqual([{ type: 'KeyDeleted' }]);
  });

  const pendingDeletion = { kind: 'PendingDeletion', deletionDate: plusMilliseconds(now, 9) } as const;
  const pendingReplicas = { kind: 'PendingReplicaDeletion', windowInDays: 7 } as const;
  it.each([
    [enabled, disabled, [{ type: 'KeyDisabled' }]],
    [disabled, enabled, [{ type: 'KeyEnabled' }]],
    [{ kind: 'Creating' } as const, enabled, [{ type: 'KeyEnabled' }]],
    [enabled, pendingImport, [{ type: 'KeyAwaitsImport' }]],
    [enabled, { kind: 'Unavailable' } as const, [{ type: 'KeyUnavailable' }]],
    [enabled, pendingDeletion, [{ type: 'KeyDeletionScheduled', deletionDate: pendingDeletion.deletionDate }]],
    [enabled, pendingReplicas, [{ type: 'KeyDeletionScheduled', windowInDays: 7 }]],
    [pendingReplicas, pendingDeletion, [{ type: 'KeyDeletionScheduled', deletionDate: pendingDeletion.deletionDate }]],
    [pendingDeletion, disabled, [{ type: 'KeyDeletionCancelled' }]],
    [pendingReplicas, disabled, [{ type: 'KeyDeletionCancelled' }]],
    [enabled, { kind: 'Updating' } as const, []],
  ])('tell of the way from %j to %j', (before, after, expected) => {
    expect(facts(aKmsKey({ state: before }), aKmsKey({ state: after }))).toEqual(expected);
  });

  it('tell of policy, description, tags and replicas', () => {
    const key = aKmsKey();
    expect(facts(key, { ...key, policy: '{}' })).toEqual([{ type: 'KeyPolicyChanged' }]);
    expect(facts(key, { ...key, description: 'new' })).toEqual([{ type: 'KeyDescriptionChanged' }]);
    expect(facts(key, { ...key, tags: [{ key: 'a', value: 'b' }] })).toEqual([{ type: 'KeyTagsChanged' }]);
    const [lone] = aKeyFamily(numberedMultiRegionKeyId(1), frankfurt);
    const [primary] = aKeyFamily(numberedMultiRegionKeyId(1), frankfurt, ireland);
    expect(facts(lone, primary)).toEqual([
      { type: 'KeyReplicasChanged', primaryRegion: frankfurt, replicaRegions: [ireland] },
    ]);
  });
});

describe('the events of key material', () => {
  it('tell of an import, the first and any later one', () => {
    const validTo = plusMilliseconds(now, 5);
    const waiting = external({ materials: [], state: pendingImport });
    expect(facts(waiting, external({ materials: [imported(validTo)] }))).toEqual([
      { type: 'KeyMaterialImported', materialId, validTo },
      { type: 'KeyEnabled' },
    ]);
    const renewed = facts(external({ materials: [imported(validTo)] }), external({ materials: [imported()] }));
    expect(renewed).toEqual([{ type: 'KeyMaterialImported', materialId }]);
    const sameBytes = { ...imported(), wrapped: new Uint8Array(imported().wrapped!) as WrappedMaterial };
    expect(facts(external({ materials: [imported()] }), external({ materials: [sameBytes] }))).toEqual([]);
  });

  it('call material expired that goes at or after its date, and deleted before', () => {
    const emptied = { ...imported(), wrapped: undefined, imported: {} };
    const gone = external({ materials: [emptied] });
    expect(facts(external({ materials: [imported(now)] }), gone)).toEqual([
      { type: 'KeyMaterialExpired', materialId, validTo: now },
    ]);
    expect(facts(external({ materials: [imported(now + 1)] }), gone)).toEqual([
      { type: 'KeyMaterialDeleted', materialId },
    ]);
    expect(facts(external({ materials: [imported(now + 1)] }), external({ materials: [] }))).toEqual([
      { type: 'KeyMaterialDeleted', materialId },
    ]);
  });

  it('tell of an expiry that the next import found before the scheduler did', () => {
    const later = plusMilliseconds(now, 9);
    const bytes = Uint8Array.of(7) as WrappedMaterial;
    const again = { ...imported(later), wrapped: bytes };
    expect(facts(external({ materials: [imported(now)] }), external({ materials: [again] }))).toEqual([
      { type: 'KeyMaterialExpired', materialId, validTo: now },
      { type: 'KeyMaterialImported', materialId, validTo: later },
    ]);
  });

  it('tell of a rotation with both materials, but not of a first import', () => {
    const before = aKmsKey();
    const next = aKeyMaterial(9, { rotation: { at: now, type: 'AUTOMATIC' } });
    const after = { ...before, materials: [...before.materials, next], currentMaterialId: next.id };
    const previousMaterialId = before.currentMaterialId;
    expect(facts(before, after)).toEqual([
      { type: 'KeyRotated', rotationType: 'AUTOMATIC', materialId: next.id, previousMaterialId },
    ]);
  });

  it('tell of rotation switched on, changed and off', () => {
    const rotation = { enabled: true, periodInDays: 90, countedFrom: now };
    const on = aKmsKey({ rotation });
    expect(facts(aKmsKey(), on)).toEqual([{ type: 'KeyRotationEnabled', periodInDays: 90 }]);
    expect(facts(on, aKmsKey({ rotation: { ...rotation, periodInDays: 91 } }))).toEqual([
      { type: 'KeyRotationEnabled', periodInDays: 91 },
    ]);
    expect(facts(on, aKmsKey({ rotation: { ...rotation, enabled: false } }))).toEqual([
      { type: 'KeyRotationDisabled' },
    ]);
    expect(facts(on, aKmsKey({ rotation: { ...rotation, countedFrom: plusMilliseconds(now, 1) } }))).toEqual([]);
  });
});
