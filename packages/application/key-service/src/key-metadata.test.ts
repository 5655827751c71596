import { days, instant, plusDays } from '@keywarden/kernel';
import { type KeySpec, type KeyUsage, type KmsKey, disabled, keySpecs, pendingImport } from '@keywarden/keys';
import {
  aKeyFamily,
  aKeyMaterial,
  aKmsKey,
  frankfurt,
  ireland,
  numberedMultiRegionKeyId,
} from '@keywarden/keys/testing';
import { keyMetadata } from './key-metadata';

const now = instant(Date.UTC(2026, 0, 15));
const inDays = (count: number) => plusDays(now, days(count));
const metadata = (changes: Partial<KmsKey>) => keyMetadata(aKmsKey(changes), now);
const imported = (...validTo: readonly (number | undefined)[]): Partial<KmsKey> => ({
  origin: 'EXTERNAL',
  materials: validTo.map((day, index) =>
    aKeyMaterial(index, {
      state: index === 0 ? 'CURRENT' : 'NON_CURRENT',
      imported: day === undefined ? {} : { validTo: inDays(day) },
    }),
  ),
  currentMaterialId: aKeyMaterial(0).id,
});

const lists = {
  ENCRYPT_DECRYPT: 'encryptionAlgorithms',
  SIGN_VERIFY: 'signingAlgorithms',
  GENERATE_VERIFY_MAC: 'macAlgorithms',
  KEY_AGREEMENT: 'keyAgreementAlgorithms',
  ENCAPSULATE_DECAPSULATE: 'encapsulationAlgorithms',
} as const;
const usages = Object.entries(keySpecs).flatMap(([spec, entry]) =>
  Object.entries(entry.usages).map(([usage, algorithms]) => [spec, usage, algorithms] as [KeySpec, KeyUsage, string[]]),
);

describe('the metadata of a key', () => {
  it.each(usages)('lists the algorithms of %s for %s and those of no other usage', (spec, usage, algorithms) => {
    const shown = metadata({ spec, usage });
    const listed = Object.values(lists).filter((member) => member in shown);
    expect(listed).toEqual([lists[usage]]);
    expect(shown[lists[usage]]).toEqual(algorithms);
  });

  it('names the current material of symmetric keys alone', () => {
    expect(metadata({}).currentKeyMaterialId).toBe(aKmsKey().currentMaterialId);
    expect(metadata({ spec: 'HMAC_256', usage: 'GENERATE_VERIFY_MAC' })).not.toHaveProperty('currentKeyMaterialId');
  });

  it('is enabled only in the state Enabled, and while the primary changes', () => {
    expect(metadata({}).enabled).toBe(true);
    expect(metadata({ state: { kind: 'Updating' } }).enabled).toBe(true);
    for (const state of [disabled, pendingImport, { kind: 'Creating' } as const, { kind: 'Unavailable' } as const]) {
      expect(metadata({ state })).toMatchObject({ enabled: false, keyState: state.kind });
    }
  });

  it('tells the deletion date only while the window runs', () => {
    expect(metadata({ state: { kind: 'PendingDeletion', deletionDate: inDays(7) } })).toMatchObject({
      keyState: 'PendingDeletion',
      deletionDate: inDays(7),
    });
    expect(metadata({})).not.toHaveProperty('deletionDate');
    const waiting = metadata({ state: { kind: 'PendingReplicaDeletion', windowInDays: 7 } });
    expect(waiting).toMatchObject({ pendingDeletionWindowInDays: 7 });
    expect(waiting).not.toHaveProperty('deletionDate');
  });
});

describe('the expiry of imported material', () => {
  it('is the earliest of all materials', () => {
    expect(metadata(imported(9, 5, undefined))).toMatchObject({
      expirationModel: 'KEY_MATERIAL_EXPIRES',
      validTo: inDays(5),
    });
  });

  it('is none when no material expires', () => {
    const shown = metadata(imported(undefined));
    expect(shown.expirationModel).toBe('KEY_MATERIAL_DOES_NOT_EXPIRE');
    expect(shown).not.toHaveProperty('validTo');
  });

  it('is not told once the material is gone, by deletion or by the time itself', () => {
    const deleted = { ...imported(5), state: pendingImport };
    const gone = { ...deleted, materials: [{ ...deleted.materials![0]!, wrapped: undefined, imported: {} }] };
    for (const changes of [gone, imported(0)]) {
      const shown = metadata(changes);
      expect(shown).toMatchObject({ keyState: 'PendingImport', currentKeyMaterialId: aKeyMaterial(0).id });
      expect(shown).not.toHaveProperty('expirationModel');
      expect(shown).not.toHaveProperty('validTo');
    }
  });

  it('is no matter of keys whose material KMS made', () => {
    expect(metadata({})).not.toHaveProperty('expirationModel');
  });
});

describe('the metadata of a multi-Region key', () => {
  const [primary, replica] = aKeyFamily(numberedMultiRegionKeyId(1), frankfurt, ireland) as [KmsKey, KmsKey];
  const arn = (region: string) => `arn:aws:kms:${region}:111122223333:key/${primary.id}`;

  it('names primary and replicas, whichever copy is asked', () => {
    const common = {
      primaryKey: { arn: arn('eu-central-1'), region: frankfurt },
      replicaKeys: [{ arn: arn('eu-west-1'), region: ireland }],
    };
    expect(keyMetadata(primary, now).multiRegionConfiguration).toEqual({ multiRegionKeyType: 'PRIMARY', ...common });
    expect(keyMetadata(replica, now).multiRegionConfiguration).toEqual({ multiRegionKeyType: 'REPLICA', ...common });
  });

  it('names no material while a replica is being created', () => {
    expect(keyMetadata({ ...replica, state: { kind: 'Creating' } }, now)).not.toHaveProperty('currentKeyMaterialId');
  });
});
