import { accepted } from '@keywarden/kernel/testing';
import { instant, plusMilliseconds } from '@keywarden/kernel';
import { deleteFromFamily, importIntoFamily, settlePending } from './import-family';
import type { WrappedMaterial } from './key-material';
import type { KmsKey } from './kms-key';
import {
  aKeyFamily,
  aKeyMaterial,
  aMaterialId,
  frankfurt,
  ireland,
  numberedMultiRegionKeyId,
  virginia,
} from './testing';

const now = instant(Date.UTC(2026, 5, 1));
const wrapped = Uint8Array.of(7) as WrappedMaterial;
const arrived = { id: aMaterialId(2), wrapped };
const terms = { importType: undefined, description: undefined };
const statesOf = (copies: readonly KmsKey[]) => copies.map(({ materials }) => materials.map(({ state }) => state));
const apart = 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION';

/** A primary and two replicas that all have material 1. */
function family(): readonly KmsKey[] {
  const materials = [aKeyMaterial(1, { imported: {} })];
  return aKeyFamily(numberedMultiRegionKeyId(1), frankfurt, ireland, virginia).map((copy) => ({
    ...copy,
    origin: 'EXTERNAL' as const,
    materials,
    currentMaterialId: aMaterialId(1),
  }));
}

function withPendingEverywhere(): readonly KmsKey[] {
  let copies = family();
  copies = accepted(importIntoFamily(copies, copies[0]!, arrived, { ...terms, importType: 'NEW_KEY_MATERIAL' }, now));
  for (const index of [1, 2]) copies = accepted(importIntoFamily(copies, copies[index]!, arrived, terms, now));
  return copies;
}

describe('pending material of a multi-Region key', () => {
  it('waits for rotation only once the last replica has it', () => {
    let copies = family();
    copies = accepted(importIntoFamily(copies, copies[0]!, arrived, { ...terms, importType: 'NEW_KEY_MATERIAL' }, now));
    expect(statesOf(copies)).toEqual(Array(3).fill(['CURRENT', apart]));
    expect(copies[1]!.materials[1]!.wrapped).toBeUndefined();
    copies = accepted(importIntoFamily(copies, copies[1]!, arrived, terms, now));
    expect(statesOf(copies)).toEqual(Array(3).fill(['CURRENT', apart]));
    copies = accepted(importIntoFamily(copies, copies[2]!, arrived, terms, now));
    expect(statesOf(copies)).toEqual(Array(3).fill(['CURRENT', 'PENDING_ROTATION']));
  });

  it('goes from the replicas when it is deleted from the primary', () => {
    const copies = withPendingEverywhere();
    const left = accepted(deleteFromFamily(copies, copies[0]!, arrived.id, now));
    expect(statesOf(left)).toEqual(Array(3).fill(['CURRENT']));
    expect(left.every(({ state }) => state.kind === 'Enabled')).toBe(true);
  });

  it('is still known to a replica that deleted it, and waits for that replica again', () => {
    const copies = withPendingEverywhere();
    const left = accepted(deleteFromFamily(copies, copies[1]!, arrived.id, now));
    expect(statesOf(left)).toEqual(Array(3).fill(['CURRENT', apart]));
    const again = accepted(importIntoFamily(left, left[1]!, arrived, terms, now));
    expect(statesOf(again)).toEqual(Array(3).fill(['CURRENT', 'PENDING_ROTATION']));
  });

  it('can be imported again by a replica where it has expired', () => {
    const validTo = plusMilliseconds(now, 1);
    let copies = withPendingEverywhere();
    copies = accepted(importIntoFamily(copies, copies[2]!, arrived, { ...terms, validTo }, now));
    const again = accepted(importIntoFamily(copies, copies[2]!, arrived, terms, validTo));
    expect(statesOf(again)).toEqual(Array(3).fill(['CURRENT', 'PENDING_ROTATION']));
  });

  it('is settled already when nothing changed', () => {
    const copies = withPendingEverywhere();
    settlePending(copies, now).forEach((copy, index) => expect(copy).toBe(copies[index]));
  });
});
