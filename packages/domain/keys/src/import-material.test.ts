import { days, instant, plusDays } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import {
  type ArrivedMaterial,
  type ImportTerms,
  deleteImportedKeyMaterial,
  expireMaterials,
  importKeyMaterial,
} from './import-material';
import type { WrappedMaterial } from './key-material';
import { disabled, pendingImport } from './key-state';
import { type KmsKey, arnOf, stateAt } from './kms-key';
import { rotateTo } from './rotation';
import {
  aKeyFamily,
  aKeyMaterial,
  aKmsKey,
  aMaterialId,
  frankfurt,
  ireland,
  numberedMultiRegionKeyId,
} from './testing';

const now = instant(Date.UTC(2026, 0, 15));
const inDays = (count: number) => plusDays(now, days(count));
const arrived = (index: number): ArrivedMaterial => ({
  id: aMaterialId(index),
  wrapped: Uint8Array.of(index) as WrappedMaterial,
});
const empty = aKmsKey({ origin: 'EXTERNAL', state: pendingImport, materials: [], currentMaterialId: undefined });
const imported = (key: KmsKey, index: number, terms: ImportTerms = {}, at = now): KmsKey =>
  accepted(importKeyMaterial(key, arrived(index), terms, at));
const one = imported(empty, 1);
const withPending = imported(one, 2, { importType: 'NEW_KEY_MATERIAL' });
const two = rotateTo(withPending, withPending.materials[1]!, 'ON_DEMAND', now);
const deleted = (key: KmsKey, index?: number): KmsKey =>
  accepted(deleteImportedKeyMaterial(key, index === undefined ? undefined : aMaterialId(index), now));

describe('the first import', () => {
  it('enables the key', () => {
    expect(one.state.kind).toBe('Enabled');
    expect(one.currentMaterialId).toBe(aMaterialId(1));
    expect(one.materials).toEqual([{ ...arrived(1), state: 'CURRENT', createdAt: now, imported: {} }]);
  });

  it('keeps expiry and description', () => {
    const terms = { validTo: inDays(5), description: 'from the vault' };
    expect(imported(empty, 1, terms).materials[0]!.imported).toEqual(terms);
  });

  it('has nothing to import again', () => {
    const terms = { importType: 'EXISTING_KEY_MATERIAL' } as const;
    expect(refused(importKeyMaterial(empty, arrived(1), terms, now))).toEqual({ code: 'MaterialNotOfKey' });
  });

  it('enables a key that was scheduled for deletion and cancelled before it ever had material', () => {
    expect(imported({ ...empty, state: disabled }, 1).state.kind).toBe('Enabled');
  });
});

describe('importing the same material again', () => {
  it('renews its expiry, and its description only when one is given', () => {
    const key = imported(empty, 1, { validTo: inDays(5), description: 'first' });
    expect(imported(key, 1, { validTo: inDays(9) }).materials[0]!.imported).toEqual({
      validTo: inDays(9),
      description: 'first',
    });
    expect(imported(key, 1, { description: 'second' }).materials[0]!.imported).toEqual({ description: 'second' });
  });

  it('accepts the id the caller expects, and refuses any other', () => {
    expect(imported(one, 1, { expectedId: aMaterialId(1) }).materials).toHaveLength(1);
    const wrong = { expectedId: aMaterialId(2) };
    expect(refused(importKeyMaterial(two, arrived(1), wrong, now))).toEqual({ code: 'MaterialNotOfKey' });
  });

  it('refuses material that the key never had, since it is tied to its own for good', () => {
    expect(refused(importKeyMaterial(one, arrived(9), {}, now))).toEqual({ code: 'MaterialNotOfKey' });
    expect(refused(importKeyMaterial(deleted(one), arrived(9), {}, now))).toEqual({ code: 'MaterialNotOfKey' });
  });

  it('keeps a disabled key disabled while nothing was missing', () => {
    expect(imported({ ...one, state: disabled }, 1).state.kind).toBe('Disabled');
  });
});

describe('importing new material into a symmetric key', () => {
  it('lets it wait for rotation', () => {
    expect(withPending.materials[1]).toMatchObject({ id: aMaterialId(2), state: 'PENDING_ROTATION' });
    expect(withPending.currentMaterialId).toBe(aMaterialId(1));
    expect(withPending.state.kind).toBe('Enabled');
  });

  it('refuses a second one while one is pending', () => {
    expect(refused(importKeyMaterial(withPending, arrived(3), { importType: 'NEW_KEY_MATERIAL' }, now))).toEqual({
      code: 'AnotherMaterialPending',
      keyArn: arnOf(one),
      given: aMaterialId(3),
      pending: aMaterialId(2),
    });
  });

  it('takes the next one from the instant the pending one expires', () => {
    const key = imported(one, 2, { importType: 'NEW_KEY_MATERIAL', validTo: inDays(1) });
    const renewed = imported(key, 3, { importType: 'NEW_KEY_MATERIAL' }, inDays(1));
    expect(renewed.materials.map(({ id }) => id)).toEqual([aMaterialId(1), aMaterialId(3)]);
  });

  it.each([
    ['an id, which new material cannot have yet', { expectedId: aMaterialId(9) }, 9],
    ['material that the key has already', {}, 1],
  ])('refuses %s', (_what, terms, index) => {
    const asked = { ...terms, importType: 'NEW_KEY_MATERIAL' } as const;
    expect(refused(importKeyMaterial(one, arrived(index), asked, now))).toEqual({
      code: 'ImportTypeNotValid',
      detail: 'NewMaterialOnlyOnce',
    });
  });

  it('waits for the replicas of a primary, and is refused on a replica', () => {
    const [primary, replica] = aKeyFamily(numberedMultiRegionKeyId(1), frankfurt, ireland).map((copy) => ({
      ...copy,
      origin: 'EXTERNAL' as const,
    }));
    const terms = { importType: 'NEW_KEY_MATERIAL' } as const;
    expect(imported(primary!, 2, terms).materials[1]!.state).toBe('PENDING_MULTI_REGION_IMPORT_AND_ROTATION');
    expect(refused(importKeyMaterial(replica!, arrived(2), terms, now)).code).toBe('ImportTypeNotValid');
  });
});

describe('importing into a key that is not symmetric', () => {
  const hmac: KmsKey = { ...empty, spec: 'HMAC_256', usage: 'GENERATE_VERIFY_MAC' };

  it('knows one material only', () => {
    const key = imported(hmac, 1);
    expect(key.state.kind).toBe('Enabled');
    expect(imported(deleted(key), 1).state.kind).toBe('Enabled');
    expect(refused(importKeyMaterial(key, arrived(2), {}, now))).toEqual({ code: 'MaterialNotOfKey' });
  });

  it.each([
    { importType: 'NEW_KEY_MATERIAL' as const },
    { expectedId: aMaterialId(1) },
    { description: 'text' },
    { description: '' },
  ])('refuses the members that are for symmetric keys: %j', (terms) => {
    expect(refused(importKeyMaterial(hmac, arrived(1), terms, now))).toEqual({
      code: 'ImportTypeNotValid',
      detail: 'NotSymmetric',
    });
  });
});

describe('deleteImportedKeyMaterial', () => {
  it('takes the current material away, leaves its metadata and makes the key wait for import', () => {
    const gone = deleted(imported(empty, 1, { validTo: inDays(5), description: 'kept' }));
    expect(gone.state).toEqual(pendingImport);
    expect(gone.currentMaterialId).toBe(aMaterialId(1));
    expect(gone.materials[0]).not.toHaveProperty('wrapped');
    expect(gone.materials[0]!.imported).toEqual({ description: 'kept' });
  });

  it('makes the key wait for import when an earlier material goes, until that one is back', () => {
    const gone = deleted(two, 1);
    expect(gone.state).toEqual(pendingImport);
    expect(imported(gone, 2).state).toEqual(pendingImport);
    expect(imported(gone, 1).state.kind).toBe('Enabled');
  });

  it('forgets material that was pending, and the key stays as it is', () => {
    expect(deleted(withPending, 2)).toEqual(one);
  });

  it('has no effect when repeated or when there never was material', () => {
    const gone = deleted(one);
    expect(deleted(gone)).toBe(gone);
    expect(deleted(empty)).toBe(empty);
  });

  it('refuses material it does not know', () => {
    expect(refused(deleteImportedKeyMaterial(one, aMaterialId(9), now))).toEqual({
      code: 'MaterialUnknown',
      keyArn: arnOf(one),
      given: aMaterialId(9),
    });
  });

  it('is possible while the key waits for deletion, which goes on', () => {
    const state = { kind: 'PendingDeletion', deletionDate: inDays(7) } as const;
    expect(deleted({ ...one, state }).state).toBe(state);
  });
});

describe('expireMaterials', () => {
  const expiring = imported(imported(empty, 1, { validTo: inDays(5) }), 2, {
    importType: 'NEW_KEY_MATERIAL',
    validTo: inDays(3),
  });

  it('does nothing before its time', () => {
    expect(expireMaterials(expiring, instant(inDays(3) - 1))).toBe(expiring);
  });

  it('forgets pending material and takes the bytes of required one', () => {
    expect(expireMaterials(expiring, inDays(3)).materials.map(({ id }) => id)).toEqual([aMaterialId(1)]);
    const expired = expireMaterials(expiring, inDays(5));
    expect(expired.state).toEqual(pendingImport);
    expect(expired.materials[0]).not.toHaveProperty('wrapped');
  });

  it('says in the key what its state at that instant was anyway', () => {
    expect(stateAt(expiring, inDays(5))).toEqual(expireMaterials(expiring, inDays(5)).state);
  });

  it('is idempotent', () => {
    const expired = expireMaterials(expiring, inDays(5));
    expect(expireMaterials(expired, inDays(6))).toBe(expired);
  });
});

describe.each([
  ['importKeyMaterial', (key: KmsKey) => importKeyMaterial(key, arrived(1), {}, now)],
  ['deleteImportedKeyMaterial', (key: KmsKey) => deleteImportedKeyMaterial(key, undefined, now)],
])('%s', (_name, command) => {
  it('refuses a key whose material KMS made', () => {
    expect(refused(command(aKmsKey()))).toEqual({
      code: 'OriginNotValid',
      keyArn: arnOf(aKmsKey()),
      origin: 'AWS_KMS',
    });
  });

  it('refuses a replica that is still being created', () => {
    expect(refused(command({ ...one, state: { kind: 'Creating' } }))).toMatchObject({ code: 'KeyInState' });
  });
});

it('importKeyMaterial refuses a key that waits for deletion', () => {
  const key = {
    ...one,
    materials: [aKeyMaterial(1)],
    state: { kind: 'PendingDeletion', deletionDate: inDays(7) },
  } as const;
  expect(refused(importKeyMaterial(key, arrived(1), {}, now))).toMatchObject({ code: 'KeyInState' });
});
