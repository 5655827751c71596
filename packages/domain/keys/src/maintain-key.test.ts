import { days, instant, plusDays } from '@keywarden/kernel';
import { disabled, pendingImport } from './key-state';
import type { KmsKey } from './kms-key';
import { maintainKey } from './maintain-key';
import { nextDue, nextRotation } from './next-due';
import { aKeyFamily, aKeyMaterial, aKmsKey, frankfurt, ireland, numberedMultiRegionKeyId } from './testing';

const now = instant(Date.UTC(2026, 0, 15));
const inDays = (count: number) => plusDays(now, days(count));
const pendingDeletion = { kind: 'PendingDeletion', deletionDate: inDays(7) } as const;
const rotation = { enabled: true, periodInDays: 90, countedFrom: now };
const [primary, replica] = aKeyFamily(numberedMultiRegionKeyId(1), frankfurt, ireland) as [KmsKey, KmsKey];
const expiring = aKeyMaterial(1, { imported: { validTo: inDays(5) } });
const external = aKmsKey({ origin: 'EXTERNAL', materials: [expiring], currentMaterialId: expiring.id });

describe('maintainKey', () => {
  it('removes the copy whose window has ended', () => {
    const key = aKmsKey({ state: pendingDeletion });
    expect(maintainKey([key], key, inDays(7))).toEqual({ put: [], remove: [key] });
  });

  it('removes a replica and changes its primary in one step', () => {
    const gone = { ...replica, state: pendingDeletion };
    const change = maintainKey([primary, gone], gone, inDays(7))!;
    expect(change.remove).toEqual([gone]);
    expect(change.put.map(({ multiRegion }) => multiRegion?.replicaRegions)).toEqual([[]]);
  });

  it('expires imported material, of a key that waits for deletion too', () => {
    expect(maintainKey([external], external, inDays(5))!.put[0]!.state).toEqual(pendingImport);
    const leaving = { ...external, state: pendingDeletion };
    expect(maintainKey([leaving], leaving, inDays(5))!.put[0]).toMatchObject({ state: pendingDeletion });
  });

  it('finishes a replica', () => {
    const creating: KmsKey = { ...replica, state: { kind: 'Creating' } };
    expect(maintainKey([primary, creating], creating, now)!.put[0]!.state.kind).toBe('Enabled');
  });

  it.each([
    ['an enabled key', aKmsKey()],
    ['a key whose window still runs', aKmsKey({ state: pendingDeletion })],
    ['a key whose material is still valid', external],
  ])('has nothing to do with %s', (_what, key) => {
    expect(maintainKey([key], key, now)).toBeUndefined();
  });

  it('has nothing left to do once it was done', () => {
    const [expired] = maintainKey([external], external, inDays(5))!.put;
    expect(maintainKey([expired!], expired!, inDays(6))).toBeUndefined();
  });
});

describe('nextDue', () => {
  it.each([
    ['at once for a replica in the making', { ...replica, createdAt: now, state: { kind: 'Creating' } }, now],
    ['at the end of the deletion window', aKmsKey({ state: pendingDeletion }), inDays(7)],
    ['at the expiry of material', external, inDays(5)],
    ['at the expiry although the window ends later', { ...external, state: pendingDeletion }, inDays(5)],
    ['at the end of the rotation period', aKmsKey({ rotation }), inDays(90)],
  ] as [string, KmsKey, number][])('is %s', (_what, key, expected) => {
    expect(nextDue(key)).toBe(expected);
  });

  it.each([
    ['nothing is going to happen by itself', aKmsKey()],
    ['the key is disabled and cannot rotate', aKmsKey({ rotation, state: disabled })],
    ['rotation is switched off', aKmsKey({ rotation: { ...rotation, enabled: false } })],
    ['a replica, which its primary rotates', { ...replica, rotation }],
    ['a primary waits for its replicas', { ...primary, state: { kind: 'PendingReplicaDeletion', windowInDays: 7 } }],
    ['the expired material is gone already', { ...external, materials: [{ ...expiring, wrapped: undefined }] }],
  ] as [string, KmsKey][])('is undefined when %s', (_what, key) => {
    expect(nextDue(key)).toBeUndefined();
  });

  it('tells of a rotation that is overdue on a disabled key once it is enabled', () => {
    expect(nextRotation(aKmsKey({ rotation, state: disabled }))).toBe(inDays(90));
  });
});
