import { days, instant, plusDays, plusMilliseconds } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import { disabled, pendingImport } from './key-state';
import { type KmsKey, arnOf } from './kms-key';
import {
  checkAutomaticRotation,
  checkOnDemandRotation,
  disableKeyRotation,
  enableKeyRotation,
  isRotationDue,
  rotateFamily,
  rotateTo,
} from './rotation';
import { aKeyFamily, aKeyMaterial, aKmsKey, frankfurt, ireland, numberedMultiRegionKeyId } from './testing';

const now = instant(Date.UTC(2026, 0, 15));
const inDays = (count: number) => plusDays(now, days(count));
const rotating = (changes: Partial<KmsKey> = {}) =>
  aKmsKey({ rotation: { enabled: true, periodInDays: 90, countedFrom: now }, ...changes });
const hmac = aKmsKey({ spec: 'HMAC_256', usage: 'GENERATE_VERIFY_MAC' });
const [primary, replica] = aKeyFamily(numberedMultiRegionKeyId(1), frankfurt, ireland) as [KmsKey, KmsKey];
const pending = aKeyMaterial(2, { state: 'PENDING_ROTATION', imported: { validTo: inDays(5) } });
const external = aKmsKey({
  origin: 'EXTERNAL',
  materials: [aKeyMaterial(1, { imported: {} }), pending],
  currentMaterialId: aKeyMaterial(1).id,
});

describe('enableKeyRotation', () => {
  it('starts the clock of the schedule', () => {
    expect(accepted(enableKeyRotation(aKmsKey(), 90, now)).rotation).toEqual({
      enabled: true,
      periodInDays: 90,
      countedFrom: now,
    });
  });

  it('changes nothing when repeated, and starts the clock anew when the period changes or rotation was off', () => {
    expect(accepted(enableKeyRotation(rotating(), 90, inDays(1)))).toEqual(rotating());
    expect(accepted(enableKeyRotation(rotating(), 91, inDays(1))).rotation?.countedFrom).toBe(inDays(1));
    const off = accepted(disableKeyRotation(rotating(), now));
    expect(accepted(enableKeyRotation(off, 90, inDays(1))).rotation?.countedFrom).toBe(inDays(1));
  });
});

describe('disableKeyRotation', () => {
  it('switches the schedule off and keeps its period', () => {
    expect(accepted(disableKeyRotation(rotating(), now)).rotation).toMatchObject({ enabled: false, periodInDays: 90 });
  });

  it('changes nothing where rotation is off', () => {
    const key = aKmsKey();
    expect(accepted(disableKeyRotation(key, now))).toBe(key);
  });
});

describe.each([
  ['enableKeyRotation', (key: KmsKey) => enableKeyRotation(key, 90, now)],
  ['disableKeyRotation', (key: KmsKey) => disableKeyRotation(key, now)],
])('%s', (_name, command) => {
  it.each([
    ['an imported key', aKmsKey({ origin: 'EXTERNAL' }), 'OriginNotValid'],
    ['an imported key without material', aKmsKey({ origin: 'EXTERNAL', state: pendingImport }), 'OriginNotValid'],
    ['a key in a key store', aKmsKey({ origin: 'AWS_CLOUDHSM' }), 'OriginNotValid'],
    ['a replica', replica, 'MultiRegionReplica'],
    ['a disabled key', aKmsKey({ state: disabled }), 'KeyDisabled'],
    ['a disabled HMAC key, for its state first', { ...hmac, state: disabled }, 'KeyDisabled'],
    ['a key that AWS services own', aKmsKey({ manager: 'AWS' }), 'AwsManagedKey'],
  ])('refuses %s', (_what, key, code) => {
    expect(refused(command(key))).toMatchObject({ code, keyArn: arnOf(key) });
  });

  it('takes a multi-Region primary', () => {
    expect(command(primary).ok).toBe(true);
  });
});

it('rotation cannot be enabled for an HMAC key; that it is disabled changes nothing', () => {
  expect(refused(enableKeyRotation(hmac, 90, now))).toEqual({ code: 'SpecNotValid', keyArn: arnOf(hmac) });
  expect(accepted(disableKeyRotation(hmac, now))).toBe(hmac);
  const imported = aKmsKey({ ...hmac, origin: 'EXTERNAL' });
  expect(refused(disableKeyRotation(imported, now))).toEqual({ code: 'SpecNotValid', keyArn: arnOf(imported) });
});

describe('checkOnDemandRotation', () => {
  const check = (key: KmsKey, at = now) => checkOnDemandRotation(key, 25, at);

  it('takes a symmetric key of KMS, and an imported one with material that waits for rotation', () => {
    expect(accepted(check(aKmsKey()))).toEqual(aKmsKey());
    expect(check(external).ok).toBe(true);
    expect(check(primary).ok).toBe(true);
  });

  it.each([
    ['an HMAC key', hmac, 'SpecNotValid'],
    ['a key in a key store', aKmsKey({ origin: 'EXTERNAL_KEY_STORE' }), 'OriginNotValid'],
    ['a replica', replica, 'MultiRegionReplica'],
    ['a key that was rotated 25 times', aKmsKey({ onDemandRotations: 25 }), 'OnDemandRotationLimitReached'],
    [
      'an imported key with nothing pending',
      { ...external, materials: [external.materials[0]!] },
      'NothingPendingRotation',
    ],
    ['a disabled key', aKmsKey({ state: disabled }), 'KeyDisabled'],
    [
      'an HMAC key that waits for import, for its state first',
      { ...hmac, origin: 'EXTERNAL', state: pendingImport },
      'KeyInState',
    ],
  ] as [string, KmsKey, string][])('refuses %s', (_what, key, code) => {
    expect(refused(check(key))).toMatchObject({ code, keyArn: arnOf(key) });
  });

  it('refuses while the pending material has not reached every Region', () => {
    const waiting = { ...pending, state: 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION' as const };
    const key = { ...external, materials: [external.materials[0]!, waiting] };
    expect(refused(check(key)).code).toBe('NothingPendingRotation');
  });

  it('refuses pending material from the instant it expires, so that no expired material becomes current', () => {
    expect(check(external, plusMilliseconds(inDays(5), -1)).ok).toBe(true);
    expect(refused(check(external, inDays(5))).code).toBe('NothingPendingRotation');
  });

  it('refuses when an automatic rotation is overdue or less than 20 minutes away', () => {
    const twentyMinutes = 20 * 60_000;
    expect(check(rotating(), plusMilliseconds(inDays(90), -twentyMinutes)).ok).toBe(true);
    expect(refused(check(rotating(), plusMilliseconds(inDays(90), 1 - twentyMinutes))).code).toBe('RotationInProgress');
    expect(refused(check(rotating(), inDays(100))).code).toBe('RotationInProgress');
  });
});

describe('isRotationDue', () => {
  it('is true from the end of the period', () => {
    expect(isRotationDue(rotating(), plusMilliseconds(inDays(90), -1))).toBe(false);
    expect(isRotationDue(rotating(), inDays(90))).toBe(true);
  });

  it.each([
    ['disabled', rotating({ state: disabled })],
    ['waiting for deletion', rotating({ state: { kind: 'PendingDeletion', deletionDate: inDays(1_000) } })],
    ['without rotation', aKmsKey()],
    ['with rotation switched off', rotating({ rotation: { enabled: false, periodInDays: 90, countedFrom: now } })],
    ['a replica', { ...replica, rotation: { enabled: true, periodInDays: 90, countedFrom: now } }],
  ])('is never true for a key that is %s', (_what, key) => {
    expect(isRotationDue(key, inDays(500))).toBe(false);
  });
});

describe('rotateTo', () => {
  const next = aKeyMaterial(9);

  it('makes the material current and keeps every earlier one for decryption', () => {
    const rotated = rotateTo(rotating(), next, 'AUTOMATIC', inDays(95));
    expect(rotated.currentMaterialId).toBe(next.id);
    expect(rotated.materials).toEqual([
      { ...rotating().materials[0], state: 'NON_CURRENT' },
      { ...next, state: 'CURRENT', rotation: { at: inDays(95), type: 'AUTOMATIC' } },
    ]);
  });

  it('counts the next period from an automatic rotation, and not from one on demand', () => {
    expect(rotateTo(rotating(), next, 'AUTOMATIC', inDays(500)).rotation?.countedFrom).toBe(inDays(500));
    const onDemand = rotateTo(rotating(), next, 'ON_DEMAND', inDays(10));
    expect(onDemand.rotation).toEqual(rotating().rotation);
    expect(onDemand.onDemandRotations).toBe(1);
    expect(rotateTo(rotating(), next, 'AUTOMATIC', now).onDemandRotations).toBe(0);
  });
});

describe('rotateFamily', () => {
  it('rotates all copies to the same material', () => {
    const fresh = new Map([frankfurt, ireland].map((region) => [region, aKeyMaterial(9)]));
    const rotated = rotateFamily([primary, replica], fresh, 'ON_DEMAND', now)!;
    expect(rotated.map(({ currentMaterialId }) => currentMaterialId)).toEqual([aKeyMaterial(9).id, aKeyMaterial(9).id]);
    expect(rotated.map(({ materials }) => materials.length)).toEqual([2, 2]);
  });

  it('rotates an imported key to its pending material', () => {
    expect(rotateFamily([external], new Map(), 'ON_DEMAND', now)![0]!.currentMaterialId).toBe(pending.id);
  });

  it.each([
    ['has none', external.materials[0]!],
    ['has it without its bytes', { ...pending, wrapped: undefined }],
    ['has one that has expired', { ...pending, imported: { validTo: now } }],
  ])('rotates no copy when one %s', (_what, material) => {
    const copy = { ...external, materials: [external.materials[0]!, material] };
    expect(rotateFamily([external, copy], new Map(), 'ON_DEMAND', now)).toBeUndefined();
  });
});

it('checkAutomaticRotation does not look at the state', () => {
  expect(checkAutomaticRotation(aKmsKey({ state: disabled })).ok).toBe(true);
  expect(refused(checkAutomaticRotation(hmac)).code).toBe('SpecNotValid');
});
