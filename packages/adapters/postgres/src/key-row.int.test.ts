import * as fc from 'fast-check';
import { accept, instant } from '@keywarden/kernel';
import { type KeyMaterial, type KeyState, type KmsKey, type WrappedMaterial, keySpecs } from '@keywarden/keys';
import { aKmsKey, aMaterialId, accepted, frankfurt, ireland, numberedKeyId, plenty } from '@keywarden/keys/testing';
import { testStore } from './testing/test-store';

const database = testStore();

const anInstant = fc.integer({ min: -8.64e15, max: 8.64e15 }).map(instant);
const bytes = fc.uint8Array({ minLength: 1, maxLength: 64 });
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const anyText = fc.string({ unit: 'binary', maxLength: 40 });

const aState: fc.Arbitrary<KeyState> = fc.oneof(
  fc
    .constantFrom('Creating', 'Enabled', 'Disabled', 'PendingImport', 'Updating', 'Unavailable')
    .map((kind) => ({ kind })),
  anInstant.map((deletionDate) => ({ kind: 'PendingDeletion' as const, deletionDate })),
  fc.integer({ min: 7, max: 30 }).map((windowInDays) => ({ kind: 'PendingReplicaDeletion' as const, windowInDays })),
);

const aMaterial: fc.Arbitrary<Omit<KeyMaterial, 'id' | 'state'>> = fc.record({
  wrapped: maybe(bytes.map((value) => value as WrappedMaterial)),
  publicKey: maybe(bytes),
  createdAt: anInstant,
  imported: maybe(
    fc.record({ validTo: maybe(anInstant), description: maybe(fc.stringMatching(/^[a-zA-Z0-9:/_\s.-]+$/)) }),
  ),
  rotation: maybe(fc.record({ at: anInstant, type: fc.constantFrom('AUTOMATIC' as const, 'ON_DEMAND' as const) })),
});

const materials = fc
  .tuple(fc.array(aMaterial, { maxLength: 5 }), fc.nat(4), fc.nat(1_000))
  .map(([list, current, first]) =>
    list.map((material, index): KeyMaterial => {
      const state = index === current ? 'CURRENT' : 'NON_CURRENT';
      return { ...material, id: aMaterialId(first + ((index * 7) % 5)), state };
    }),
  );

const aKey: fc.Arbitrary<KmsKey> = fc
  .record({
    spec: fc.constantFrom(...(Object.keys(keySpecs) as KmsKey['spec'][])),
    origin: fc.constantFrom('AWS_KMS' as const, 'EXTERNAL' as const),
    manager: fc.constantFrom('CUSTOMER' as const, 'AWS' as const),
    description: anyText,
    createdAt: anInstant,
    state: aState,
    materials,
    currentMaterialId: maybe(fc.nat().map(aMaterialId)),
    rotation: maybe(
      fc.record({
        enabled: fc.boolean(),
        periodInDays: fc.integer({ min: 90, max: 2560 }),
        countedFrom: fc.integer({ min: 0, max: 4e12 }).map(instant),
      }),
    ),
    onDemandRotations: fc.integer({ min: 0, max: 25 }),
    policy: fc.stringMatching(/^[\t\n\r\u0020-\u00ff]*$/),
    tags: fc.array(fc.record({ key: anyText, value: anyText }), { maxLength: 4 }),
  })
  .map((changes) => aKmsKey(changes));

const asReplica = (key: KmsKey): KmsKey => ({
  ...key,
  id: 'mrk-1234abcd12ab34cd56ef1234567890ab' as KmsKey['id'],
  multiRegion: { primaryRegion: ireland, replicaRegions: [frankfurt] },
});

describe('a KMS key in the database', () => {
  it('is found as it was stored, whatever it holds', async () => {
    const { keys } = database.open();
    await fc.assert(
      fc.asyncProperty(aKey, fc.boolean(), async (given, replica) => {
        await database.empty();
        const key = replica ? asReplica(given) : given;
        accepted(await keys.insert(key, plenty));
        expect(await keys.find(key)).toEqual(key);
      }),
      { numRuns: 60 },
    );
  });

  it('becomes any other version of itself', async () => {
    const { keys } = database.open();
    await fc.assert(
      fc.asyncProperty(aKey, aKey, async (before, other) => {
        await database.empty();
        accepted(await keys.insert(before, plenty));
        const { spec, usage, origin, manager, createdAt } = before;
        const after = { ...other, spec, usage, origin, manager, createdAt };
        accepted(await keys.update(before, () => accept(after)));
        expect(await keys.find(before)).toEqual({ ...after, version: 2 });
      }),
      { numRuns: 60 },
    );
  });

  it('is listed and claimed through an index, however many keys of other accounts there are', async () => {
    await database.empty();
    const { keys } = database.open();
    accepted(await keys.insert(aKmsKey(), plenty));
    await database.sql(
      `INSERT INTO kms_keys SELECT (jsonb_populate_record(k, jsonb_build_object(
         'key_id', '0a0b0c0d-0000-4000-8000-' || lpad(to_hex(n), 12, '0'), 'next_due_at', n, 'claimed_until', n,
         'account_id', CASE WHEN n % 50 = 0 THEN '111122223333' ELSE '444455556666' END))).*
       FROM kms_keys k, generate_series(1, 5000) n`,
    );
    await database.sql('ANALYZE kms_keys');
    const planOf = async (sql: string) => JSON.stringify(await database.sql(`EXPLAIN ${sql}`));
    const listed = `account_id = '111122223333' AND region = 'eu-central-1' AND key_id > '${numberedKeyId(500)}'`;
    expect(await planOf(`SELECT key_id FROM kms_keys WHERE ${listed} ORDER BY key_id LIMIT 100`)).toContain(
      'kms_keys_of_account',
    );
    const due = 'least(next_due_at, next_warning_at)';
    const at = `greatest(${due}, claimed_until)`;
    const claim = `SELECT 1 FROM kms_keys WHERE ${due} IS NOT NULL AND ${at} <= 50 ORDER BY ${at} LIMIT 10`;
    expect(await planOf(claim)).toContain('kms_keys_due');
  });
});
