import { instant } from '@keywarden/kernel';
import { enabled, disabled, pendingImport } from './key-state';
import { parseKeyMaterialId } from './key-material';
import { arnOf, currentMaterial, isPrimary, isReplica, stateAt } from './kms-key';
import { aKeyFamily, aKeyMaterial, aKmsKey, frankfurt, ireland, numberedMultiRegionKeyId } from './testing';

const now = instant(Date.UTC(2026, 0, 15));
const earlier = instant(now - 1);
const expiring = aKeyMaterial(1, { imported: { validTo: now } });
const lost = aKeyMaterial(1, { wrapped: undefined, imported: {} });

const external = (changes: Parameters<typeof aKmsKey>[0]) =>
  aKmsKey({ origin: 'EXTERNAL', currentMaterialId: expiring.id, materials: [expiring], ...changes });

describe('the state of a key at an instant', () => {
  it('is that of the key while its material is valid', () => {
    expect(stateAt(external({}), earlier)).toBe(enabled);
    expect(stateAt(external({ state: disabled }), earlier)).toBe(disabled);
  });

  it.each([enabled, disabled])('is PendingImport from the instant its material expires: $kind', (state) => {
    expect(stateAt(external({ state }), now)).toEqual(pendingImport);
  });

  it('is PendingImport when an earlier material is lost that old ciphertexts need', () => {
    const materials = [{ ...lost, state: 'NON_CURRENT' as const }, aKeyMaterial(2, { imported: {} })];
    expect(stateAt(external({ materials, currentMaterialId: materials[1]!.id }), now)).toEqual(pendingImport);
  });

  it('does not depend on material that waits for rotation', () => {
    const pending = { ...expiring, state: 'PENDING_ROTATION' as const };
    const materials = [aKeyMaterial(2, { imported: {} }), pending];
    expect(stateAt(external({ materials, currentMaterialId: materials[0]!.id }), now)).toBe(enabled);
  });

  it('is PendingImport for a key that never had material, whatever its deletion and cancelling left it in', () => {
    expect(stateAt(external({ materials: [], currentMaterialId: undefined, state: disabled }), now)).toEqual(
      pendingImport,
    );
  });

  it('is none once the deletion window has ended', () => {
    const key = aKmsKey({ state: { kind: 'PendingDeletion', deletionDate: now } });
    expect(stateAt(key, earlier)).toBe(key.state);
    expect(stateAt(key, now)).toBeUndefined();
  });

  it('stays PendingDeletion although material has expired', () => {
    const state = { kind: 'PendingDeletion' as const, deletionDate: instant(now + 1) };
    expect(stateAt(external({ state }), now)).toBe(state);
  });
});

describe('a KMS key', () => {
  it('is named by its ARN', () => {
    expect(arnOf(aKmsKey())).toBe('arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab');
  });

  it('has one current material', () => {
    expect(currentMaterial(aKmsKey())?.state).toBe('CURRENT');
    expect(currentMaterial(aKmsKey({ materials: [], currentMaterialId: undefined }))).toBeUndefined();
  });

  it('is a primary, a replica or neither', () => {
    const [primary, replica] = aKeyFamily(numberedMultiRegionKeyId(1), frankfurt, ireland);
    expect([isPrimary(primary!), isReplica(primary!)]).toEqual([true, false]);
    expect([isPrimary(replica!), isReplica(replica!)]).toEqual([false, true]);
    expect([isPrimary(aKmsKey()), isReplica(aKmsKey())]).toEqual([false, false]);
  });
});

describe('a key material id', () => {
  it('is 64 lower-case hexadecimal digits', () => {
    expect(parseKeyMaterialId('0f'.repeat(32))).toBe('0f'.repeat(32));
    for (const text of ['', '0F'.repeat(32), '0f'.repeat(31), '0f'.repeat(33), `${'0f'.repeat(32)}\n`]) {
      expect(parseKeyMaterialId(text)).toBeUndefined();
    }
  });
});
