import { days, instant, plusDays, plusMilliseconds } from '@keywarden/kernel';
import { accepted, refused } from '@keywarden/kernel/testing';
import { type KmsKey, arnOf, currentMaterial } from '@keywarden/keys';
import { aKmsKey, frankfurt, ireland, numberedMultiRegionKeyId } from '@keywarden/keys/testing';
import { ImportHandlers, type ImportKeyMaterial } from './import-key-material';
import { GetParametersForImportHandler } from './import-parameters';
import { KeyFamilyChanges } from './key-family-changes';
import type { RequestContext } from './request-context';
import { describeDoor } from './testing/door-refusals';
import { fakeImportWrapping } from './testing/fake-import-wrapping';
import { fakeMaterials } from './testing/fake-materials';
import { aKeyOf, operationSuite } from './testing/operation-suite';

const empty = {
  origin: 'EXTERNAL',
  state: { kind: 'PendingImport' },
  materials: [],
  currentMaterialId: undefined,
} as const;
const waiting = aKmsKey(empty);
const multiRegion = { primaryRegion: frankfurt, replicaRegions: [ireland] };
const first = new Uint8Array(32).fill(1);
const second = new Uint8Array(32).fill(2);
const forever = { expirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' } as const;

function importSuite(...keys: readonly KmsKey[]) {
  const suite = operationSuite(...keys);
  const families = new KeyFamilyChanges(suite.door, suite.store.keys);
  const parameters = new GetParametersForImportHandler(suite.door, fakeImportWrapping);
  const handlers = new ImportHandlers(families, fakeImportWrapping, fakeMaterials);
  const token = async (keyId: string, context: RequestContext = suite.context()) => {
    const wrapping = { wrappingAlgorithm: 'RSAES_OAEP_SHA_256', wrappingKeySpec: 'RSA_2048' } as const;
    return accepted(await parameters.handle(context, { keyId, ...wrapping })).importToken;
  };
  const bring = async (
    bytes: Uint8Array,
    terms: Partial<ImportKeyMaterial> = forever,
    context: RequestContext = suite.context(),
  ) => {
    const keyId = keys[0]!.id;
    const importToken = terms.importToken ?? (await token(keyId, context));
    return handlers.importKeyMaterial(context, { keyId, encryptedKeyMaterial: bytes, ...terms, importToken });
  };
  const there = (region = frankfurt) => suite.store.at({ region, id: keys[0]!.id });
  return { ...suite, parameters, handlers, bring, there, abroad: () => suite.context({ region: ireland }) };
}

describe('GetParametersForImport', () => {
  const command = { wrappingAlgorithm: 'RSAES_OAEP_SHA_256', wrappingKeySpec: 'RSA_3072' } as const;
  describeDoor(waiting, 'refused', (suite, keyId, stranger) =>
    new GetParametersForImportHandler(suite.door, fakeImportWrapping).handle(
      stranger === true ? suite.stranger() : suite.context(),
      { keyId, ...command },
    ),
  );

  it('hands out a wrapping key and a token for twenty-four hours', async () => {
    const { parameters, context, clock, asked } = importSuite(waiting);
    const given = accepted(await parameters.handle(context(), { keyId: waiting.id, ...command }));
    expect(given).toEqual({
      keyId: arnOf(waiting),
      importToken: expect.any(Uint8Array),
      publicKey: Uint8Array.from(Buffer.from('RSA_3072')),
      parametersValidTo: plusDays(clock.now(), days(1)),
    });
    expect(asked).toEqual([{ action: 'kms:GetParametersForImport', facts: command }]);
  });

  it('refuses padding of PKCS #1 v1.5 and SM2, and keys whose material KMS makes', async () => {
    const { parameters, context } = importSuite(waiting);
    for (const wrapping of [{ wrappingAlgorithm: 'RSAES_PKCS1_V1_5' }, { wrappingKeySpec: 'SM2' }] as const) {
      const refusal = refused(await parameters.handle(context(), { keyId: waiting.id, ...command, ...wrapping }));
      expect(refusal).toMatchObject({ code: 'WrappingNotOffered' });
    }
    const own = importSuite(aKmsKey());
    const refusal = refused(await own.parameters.handle(own.context(), { keyId: aKmsKey().id, ...command }));
    expect(refusal).toEqual({ code: 'OriginNotValid', keyArn: arnOf(aKmsKey()), origin: 'AWS_KMS' });
  });

  it.each([
    ['RSA_2048', 'RSAES_OAEP_SHA_256', 'RSA_4096', false],
    ['RSA_2048', 'RSA_AES_KEY_WRAP_SHA_256', 'RSA_2048', true],
    ['ECC_NIST_P521', 'RSAES_OAEP_SHA_1', 'RSA_2048', false],
    ['ECC_NIST_P521', 'RSAES_OAEP_SHA_1', 'RSA_3072', true],
    ['HMAC_512', 'RSAES_OAEP_SHA_256', 'RSA_2048', true],
    ['HMAC_512', 'RSA_AES_KEY_WRAP_SHA_256', 'RSA_4096', false],
    ['SYMMETRIC_DEFAULT', 'RSA_AES_KEY_WRAP_SHA_1', 'RSA_3072', false],
    ['ECC_NIST_P256', 'RSA_AES_KEY_WRAP_SHA_1', 'RSA_3072', true],
  ] as const)('for material of %s allows %s with %s: %s', async (spec, wrappingAlgorithm, wrappingKeySpec, ok) => {
    const key = aKeyOf(spec, spec === 'HMAC_512' ? 'GENERATE_VERIFY_MAC' : 'SIGN_VERIFY', empty);
    const { parameters, context } = importSuite(key);
    const given = await parameters.handle(context(), { keyId: key.id, wrappingAlgorithm, wrappingKeySpec });
    expect(given.ok).toBe(ok);
    if (!ok) expect(refused(given)).toEqual({ code: 'WrappingNotOfSpec', wrappingAlgorithm, wrappingKeySpec, spec });
  });
});

describe('ImportKeyMaterial', () => {
  it('makes a key that waited for its material usable', async () => {
    const { bring, there } = importSuite(waiting);
    const imported = accepted(await bring(first, { ...forever, keyMaterialDescription: 'from the HSM' }));
    expect(there()).toMatchObject({ state: { kind: 'Enabled' }, currentMaterialId: imported.keyMaterialId });
    expect(currentMaterial(there())).toMatchObject({ state: 'CURRENT', imported: { description: 'from the HSM' } });
    expect(imported).toEqual({ keyId: arnOf(waiting), keyMaterialId: there().currentMaterialId });
  });

  it('shows no key material id of keys that are not for symmetric encryption', async () => {
    const hmac = aKeyOf('HMAC_256', 'GENERATE_VERIFY_MAC', empty);
    expect(accepted(await importSuite(hmac).bring(first))).toEqual({ keyId: arnOf(hmac) });
    const typed = { ...forever, importType: 'NEW_KEY_MATERIAL' } as const;
    const refusal = refused(await importSuite(hmac).bring(first, typed));
    expect(refusal).toEqual({ code: 'ImportTypeNotValid', detail: 'NotSymmetric' });
  });

  it('takes an end of validity within 365 days and no other', async () => {
    const { bring, clock, there } = importSuite(waiting);
    const last = plusDays(clock.now(), days(365));
    expect(refused(await bring(first, {}))).toEqual({ code: 'ValidToMissing' });
    for (const validTo of [clock.now(), instant(0), plusMilliseconds(last, 1)]) {
      expect(refused(await bring(first, { validTo }))).toEqual({ code: 'ValidToOutOfRange' });
    }
    expect(refused(await bring(first, { ...forever, validTo: last }))).toEqual({ code: 'ValidToNotAllowed' });
    accepted(await bring(first, { validTo: last }));
    expect(currentMaterial(there())?.imported?.validTo).toBe(last);
  });

  it('refuses a token that is damaged, of another key, or too old', async () => {
    const { bring, clock, parameters, context } = importSuite(waiting, {
      ...waiting,
      id: numberedMultiRegionKeyId(9),
      multiRegion: { primaryRegion: frankfurt, replicaRegions: [] },
    });
    const wrapping = { wrappingAlgorithm: 'RSAES_OAEP_SHA_256', wrappingKeySpec: 'RSA_2048' } as const;
    const tokenOf = async (keyId: string) =>
      accepted(await parameters.handle(context(), { keyId, ...wrapping })).importToken;
    for (const importToken of [Uint8Array.of(1), await tokenOf(numberedMultiRegionKeyId(9))]) {
      expect(refused(await bring(first, { ...forever, importToken }))).toEqual({ code: 'ImportTokenNotValid' });
    }
    const importToken = await tokenOf(waiting.id);
    clock.advanceDays(days(1));
    expect(refused(await bring(first, { ...forever, importToken }))).toEqual({ code: 'ImportTokenExpired' });
  });

  it('refuses what cannot be decrypted and what is no material of the spec', async () => {
    const { bring, there } = importSuite(waiting);
    expect(refused(await bring(Uint8Array.of(0x21)))).toEqual({ code: 'CiphertextRefused' });
    expect(refused(await bring(new Uint8Array(31)))).toEqual({ code: 'MaterialUnsuitable' });
    expect(there()).toEqual(waiting);
  });

  it('takes the same bytes again and no others, unless they are called new', async () => {
    const { bring, there } = importSuite(waiting);
    accepted(await bring(first));
    accepted(await bring(first));
    expect(refused(await bring(second))).toEqual({ code: 'MaterialNotOfKey' });
    const fresh = { ...forever, importType: 'NEW_KEY_MATERIAL' } as const;
    const pending = accepted(await bring(second, fresh)).keyMaterialId;
    expect(there().materials.map(({ state }) => state)).toEqual(['CURRENT', 'PENDING_ROTATION']);
    const third = refused(await bring(new Uint8Array(32).fill(3), fresh));
    expect(third).toMatchObject({ code: 'AnotherMaterialPending', keyArn: arnOf(waiting), pending });
  });

  it('refuses an expected id together with new material, and an id that is not of the bytes', async () => {
    const { bring } = importSuite(waiting);
    const { keyMaterialId } = accepted(await bring(first));
    const both = { ...forever, importType: 'NEW_KEY_MATERIAL', keyMaterialId } as const;
    expect(refused(await bring(second, both))).toMatchObject({ code: 'ImportTypeNotValid' });
    for (const other of ['0'.repeat(64), 'no id']) {
      expect(refused(await bring(first, { ...forever, keyMaterialId: other }))).toEqual({ code: 'MaterialNotOfKey' });
    }
  });

  it('has new material of a multi-Region key wait until every replica has it', async () => {
    const primary = aKmsKey({ ...empty, id: numberedMultiRegionKeyId(1), multiRegion });
    const alone = importSuite({ ...primary, multiRegion: { ...multiRegion, replicaRegions: [] } });
    accepted(await alone.bring(first));
    const made = { ...alone.there(), multiRegion };
    const bare = made.materials.map(({ wrapped: _, ...material }) => material);
    const { bring, there, abroad } = importSuite(made, { ...made, region: ireland, materials: bare });
    const fresh = { ...forever, importType: 'NEW_KEY_MATERIAL' } as const;
    const states = (region = frankfurt) => there(region).materials.map(({ state }) => state);

    expect(refused(await bring(second, fresh, abroad()))).toMatchObject({ code: 'ImportTypeNotValid' });
    expect(refused(await bring(second, forever, abroad()))).toEqual({ code: 'MaterialNotOfKey' });
    accepted(await bring(second, fresh));
    const waitingForAll = ['CURRENT', 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION'];
    expect([states(), states(ireland)]).toEqual([waitingForAll, waitingForAll]);
    accepted(await bring(first, forever, abroad()));
    expect(there(ireland).state.kind).toBe('Enabled');
    accepted(await bring(second, forever, abroad()));
    const ready = ['CURRENT', 'PENDING_ROTATION'];
    expect([states(), states(ireland)]).toEqual([ready, ready]);
  });
});

describe('DeleteImportedKeyMaterial', () => {
  describeDoor(waiting, 'refused', (suite, keyId, stranger) =>
    new ImportHandlers(
      new KeyFamilyChanges(suite.door, suite.store.keys),
      fakeImportWrapping,
      fakeMaterials,
    ).deleteImportedKeyMaterial(stranger === true ? suite.stranger() : suite.context(), { keyId }),
  );

  it('takes the current material away, and the key waits for it', async () => {
    const { bring, handlers, context, there } = importSuite(waiting);
    const { keyMaterialId } = accepted(await bring(first));
    const deleted = accepted(await handlers.deleteImportedKeyMaterial(context(), { keyId: waiting.id }));
    expect(deleted).toEqual({ keyId: arnOf(waiting), keyMaterialId });
    expect(there()).toMatchObject({ state: { kind: 'PendingImport' }, currentMaterialId: keyMaterialId });
    expect(currentMaterial(there())?.wrapped).toBeUndefined();
  });

  it('does nothing to a key that has no material yet', async () => {
    const { handlers, context, there } = importSuite(waiting);
    const deleted = accepted(await handlers.deleteImportedKeyMaterial(context(), { keyId: waiting.id }));
    expect(deleted).toEqual({ keyId: arnOf(waiting) });
    expect(there()).toEqual(waiting);
  });

  it('refuses an unknown material and a key whose material KMS made', async () => {
    const { bring, handlers, context } = importSuite(waiting);
    accepted(await bring(first));
    const keyMaterialId = '0'.repeat(64);
    const unknown = refused(await handlers.deleteImportedKeyMaterial(context(), { keyId: waiting.id, keyMaterialId }));
    expect(unknown).toEqual({ code: 'MaterialUnknown', keyArn: arnOf(waiting), given: keyMaterialId });
    const own = importSuite(aKmsKey());
    const refusal = refused(await own.handlers.deleteImportedKeyMaterial(own.context(), { keyId: aKmsKey().id }));
    expect(refusal).toMatchObject({ code: 'OriginNotValid' });
  });
});
