import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import {
  type AlgorithmSpec,
  CreateKeyCommand,
  DecryptCommand,
  DeleteImportedKeyMaterialCommand,
  DescribeKeyCommand,
  EncryptCommand,
  GenerateMacCommand,
  GetParametersForImportCommand,
  GetPublicKeyCommand,
  ImportKeyMaterialCommand,
  type ImportKeyMaterialCommandInput,
  type KMSClient,
  type KeySpec,
  type KeyUsageType,
  ListKeyRotationsCommand,
  type MacAlgorithmSpec,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
  type WrappingKeySpec,
} from '@aws-sdk/client-kms';
import { type AKey, aKey } from './testing/a-key';
import { aService } from './testing/a-service';
import { type Wrapping, importOf, imports, oaep, someMaterial } from './testing/import-material';
import { withOpenSsl } from './testing/openssl';
import { members, refusal, refused } from './testing/refused';
import { rsaAesKeyWrap } from './testing/rsa-aes-key-wrap';

const service = aService();
let client: KMSClient;
beforeAll(() => {
  client = service.client();
});

const day = 86_400_000;
const Plaintext = Buffer.from('kept by own key material');
const usages: Readonly<Record<string, KeyUsageType>> = {
  HMAC: 'GENERATE_VERIFY_MAC',
  ECC: 'SIGN_VERIFY',
  RSA: 'SIGN_VERIFY',
};
const usageOf = (spec: KeySpec): KeyUsageType => usages[spec.split('_')[0] ?? ''] ?? 'ENCRYPT_DECRYPT';
const externalKey = (KeySpec: KeySpec = 'SYMMETRIC_DEFAULT'): Promise<AKey> =>
  aKey(client, { KeySpec, KeyUsage: usageOf(KeySpec), Origin: 'EXTERNAL' });
const metadataOf = async (KeyId: string) => (await client.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata;
const send = (input: ImportKeyMaterialCommandInput) => client.send(new ImportKeyMaterialCommand(input));
const materialId = expect.stringMatching(/^[0-9a-f]{64}$/);

/** The key works with the very material that was imported. */
async function worksWith(spec: KeySpec, KeyId: string, material: Buffer): Promise<void> {
  if (spec === 'SYMMETRIC_DEFAULT') {
    const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId, Plaintext }));
    const opened = await client.send(new DecryptCommand({ CiphertextBlob }));
    expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Plaintext);
    return;
  }
  if (spec.startsWith('HMAC')) {
    const bits = spec.slice('HMAC_'.length);
    const MacAlgorithm = `HMAC_SHA_${bits}` as MacAlgorithmSpec;
    const { Mac } = await client.send(new GenerateMacCommand({ KeyId, Message: Plaintext, MacAlgorithm }));
    expect(Buffer.from(Mac ?? [])).toEqual(createHmac(`sha${bits}`, material).update(Plaintext).digest());
    return;
  }
  const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId }));
  const privateKey = createPrivateKey({ key: material, format: 'der', type: 'pkcs8' });
  const expected = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  expect(Buffer.from(PublicKey ?? [])).toEqual(expected);
}

const byOaep = (hash: 'sha1' | 'sha256', keySpec: WrappingKeySpec): Wrapping => ({
  algorithm: hash === 'sha1' ? 'RSAES_OAEP_SHA_1' : 'RSAES_OAEP_SHA_256',
  keySpec,
  wrap: oaep(hash),
});
const wrappingKeys = ['RSA_2048', 'RSA_3072', 'RSA_4096'] as const;
const hashes = ['sha1', 'sha256'] as const;

describe('key material arrives', () => {
  it.each(
    wrappingKeys.flatMap((keySpec) =>
      hashes.flatMap((hash) =>
        (['SYMMETRIC_DEFAULT', 'HMAC_512', 'ECC_NIST_P256'] as const).map((spec) => ({ keySpec, hash, spec })),
      ),
    ),
  )('of spec $spec by RSA-OAEP with $hash under $keySpec', async ({ keySpec, hash, spec }) => {
    const { id } = await externalKey(spec);
    const material = someMaterial(spec);
    const answer = await imports(client, id, material, {}, byOaep(hash, keySpec));
    expect(answer.KeyId).toBe(service.arn(id));
    await worksWith(spec, id, material);
  });

  it.each([
    ...wrappingKeys.flatMap((keySpec) => hashes.map((hash) => ({ keySpec, hash, spec: 'RSA_2048' as KeySpec }))),
    ...(
      ['RSA_3072', 'RSA_4096', 'ECC_NIST_P256', 'ECC_NIST_P384', 'ECC_NIST_P521', 'ECC_SECG_P256K1'] as KeySpec[]
    ).map((spec) => ({ keySpec: 'RSA_3072' as const, hash: 'sha256' as const, spec })),
    { keySpec: 'RSA_2048' as const, hash: 'sha256' as const, spec: 'ECC_NIST_EDWARDS25519' as KeySpec },
  ])('of spec $spec by RSA-AES key wrap with $hash under $keySpec', async ({ keySpec, hash, spec }) => {
    const { id } = await externalKey(spec);
    const material = someMaterial(spec);
    const answer = await imports(client, id, material, {}, rsaAesKeyWrap(hash, keySpec));
    expect(members(answer)).toEqual({ KeyId: service.arn(id) });
    await worksWith(spec, id, material);
  });

  it('wrapped by the openssl program, as the manual of AWS tells its readers', async () => {
    const { id } = await externalKey('RSA_2048');
    const material = someMaterial('RSA_2048');
    const wrap: Wrapping['wrap'] = async (key) =>
      withOpenSsl(async ({ file, openssl, read }) => {
        const once = randomBytes(32);
        await openssl(
          ...['enc', '-id-aes256-wrap-pad', '-K', once.toString('hex'), '-iv', 'A65959A6'],
          ...['-in', await file('material', material), '-out', await file('wrapped')],
        );
        await openssl(
          ...['pkeyutl', '-encrypt', '-in', await file('once', once), '-out', await file('sealed'), '-pubin'],
          ...['-inkey', await file('key.pem', key.export({ format: 'pem', type: 'spki' }))],
          ...['-pkeyopt', 'rsa_padding_mode:oaep', '-pkeyopt', 'rsa_oaep_md:sha256', '-pkeyopt', 'rsa_mgf1_md:sha256'],
        );
        return Buffer.concat([await read('sealed'), await read('wrapped')]);
      });
    await imports(client, id, material, {}, { algorithm: 'RSA_AES_KEY_WRAP_SHA_256', keySpec: 'RSA_4096', wrap });
    await worksWith('RSA_2048', id, material);
  });
});

describe('GetParametersForImport', () => {
  const asks = (KeyId: string, WrappingAlgorithm: AlgorithmSpec, WrappingKeySpec: WrappingKeySpec) =>
    client.send(new GetParametersForImportCommand({ KeyId, WrappingAlgorithm, WrappingKeySpec }));

  it('gives a new key and a new token each time', async () => {
    const { id } = await externalKey();
    const [one, other] = [
      await asks(id, 'RSAES_OAEP_SHA_256', 'RSA_2048'),
      await asks(id, 'RSAES_OAEP_SHA_256', 'RSA_2048'),
    ];
    expect(one.PublicKey).not.toEqual(other.PublicKey);
    expect(one.ImportToken).not.toEqual(other.ImportToken);
  });

  it.each<[AlgorithmSpec, WrappingKeySpec]>([
    ['RSAES_PKCS1_V1_5', 'RSA_2048'],
    ['SM2PKE', 'SM2'],
    ['RSAES_OAEP_SHA_256', 'SM2'],
  ])('does not offer %s with %s', async (algorithm, keySpec) => {
    const { id } = await externalKey();
    expect((await refused(asks(id, algorithm, keySpec))).code).toBe('UnsupportedOperationException');
  });

  it.each<[KeySpec, AlgorithmSpec, WrappingKeySpec]>([
    ['RSA_2048', 'RSAES_OAEP_SHA_256', 'RSA_4096'],
    ['RSA_4096', 'RSAES_OAEP_SHA_1', 'RSA_4096'],
    ['ECC_NIST_P521', 'RSAES_OAEP_SHA_256', 'RSA_2048'],
  ])('refuses for a key of spec %s what cannot hold its material: %s with %s', async (spec, algorithm, keySpec) => {
    const { id } = await externalKey(spec);
    expect((await refused(asks(id, algorithm, keySpec))).code).toBe('ValidationException');
  });

  it('is only for keys that wait for material or may import it again', async () => {
    const { id, arn } = await externalKey();
    await client.send(new ScheduleKeyDeletionCommand({ KeyId: id }));
    expect(await refused(asks(id, 'RSAES_OAEP_SHA_256', 'RSA_2048'))).toEqual(
      refusal('KMSInvalidStateException', `${arn} is pending deletion.`),
    );
  });
});

describe('ImportKeyMaterial', () => {
  const incorrect = 'IncorrectKeyMaterialException';

  it.each<[string, KeySpec, () => Buffer]>([
    ['31 bytes for a symmetric key', 'SYMMETRIC_DEFAULT', () => randomBytes(31)],
    ['33 bytes for a symmetric key', 'SYMMETRIC_DEFAULT', () => randomBytes(33)],
    ['32 bytes for HMAC_512', 'HMAC_512', () => randomBytes(32)],
    ['a key on another curve', 'ECC_NIST_P256', () => someMaterial('ECC_SECG_P256K1')],
    ['a shorter RSA key', 'RSA_3072', () => someMaterial('RSA_2048')],
    ['an EC key for an RSA key', 'RSA_2048', () => someMaterial('ECC_NIST_P256')],
    ['bytes that are no PKCS#8', 'ECC_NIST_P256', () => randomBytes(138)],
    [
      'PKCS#8 with something behind it',
      'ECC_NIST_P256',
      () => Buffer.concat([someMaterial('ECC_NIST_P256'), Buffer.of(0)]),
    ],
  ])('refuses %s', async (_, spec, material) => {
    const { id } = await externalKey(spec);
    const isRaw = spec === 'SYMMETRIC_DEFAULT' || spec.startsWith('HMAC');
    const wrapping = isRaw ? {} : rsaAesKeyWrap('sha256');
    expect((await refused(imports(client, id, material(), {}, wrapping))).code).toBe(incorrect);
    expect((await metadataOf(id))?.KeyState).toBe('PendingImport');
  });

  it('refuses an RSA key with the public exponent 3', async () => {
    const { id } = await externalKey('RSA_2048');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 });
    const material = privateKey.export({ format: 'der', type: 'pkcs8' });
    expect((await refused(imports(client, id, material, {}, rsaAesKeyWrap('sha256')))).code).toBe(incorrect);
  });

  it('refuses what was wrapped for another token, in another way, or is no ciphertext', async () => {
    const { id } = await externalKey();
    const [one, other] = [await importOf(client, id, randomBytes(32)), await importOf(client, id, randomBytes(32))];
    const sha1 = await importOf(client, id, randomBytes(32), { wrap: oaep('sha1') });
    const cut = { ...one, EncryptedKeyMaterial: one.EncryptedKeyMaterial?.subarray(1) };
    for (const bad of [{ ...one, ImportToken: other.ImportToken }, sha1]) {
      expect((await refused(send(bad))).code).toBe('InvalidCiphertextException');
    }
    expect(await refused(send(cut))).toEqual(refusal('ValidationException', 'Invalid encrypted key size.'));
    const token = Uint8Array.from(one.ImportToken ?? [], (byte, at) => (at === 40 ? byte ^ 1 : byte));
    expect((await refused(send({ ...one, ImportToken: token }))).code).toBe('InvalidImportTokenException');
    expect((await metadataOf(id))?.KeyState).toBe('PendingImport');
    await send(one);
    expect((await metadataOf(id))?.KeyState).toBe('Enabled');
  });

  it('renews the expiry when the same material comes again', async () => {
    const { id } = await externalKey();
    const material = randomBytes(32);
    const ValidTo = new Date(Math.floor(Date.now() / 1_000) * 1_000 + 30 * day);
    await imports(client, id, material, { ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo });
    expect(await metadataOf(id)).toMatchObject({ ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo });
    await imports(client, id, material);
    const renewed = await metadataOf(id);
    expect(renewed).toMatchObject({ KeyState: 'Enabled', ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' });
    expect(renewed).not.toHaveProperty('ValidTo');
    expect((await refused(imports(client, id, randomBytes(32)))).code).toBe(incorrect);
  });

  it('takes no date with material that does not expire, and none out of range', async () => {
    const { id } = await externalKey();
    const good = await importOf(client, id, randomBytes(32));
    expect(await refused(send({ ...good, ValidTo: new Date(Date.now() + day) }))).toEqual(
      refusal(
        'ValidationException',
        'A validTo date must not be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE',
      ),
    );
    const expiring = { ...good, ExpirationModel: 'KEY_MATERIAL_EXPIRES' } as const;
    for (const ahead of [-1_000, 366 * day]) {
      const { code } = await refused(send({ ...expiring, ValidTo: new Date(Date.now() + ahead) }));
      expect(code).toBe('ValidationException');
    }
    await send({ ...expiring, ValidTo: new Date(Date.now() + 364 * day) });
  });

  it.each<[string, Partial<ImportKeyMaterialCommandInput>]>([
    ['ImportType', { ImportType: 'NEW_KEY_MATERIAL' }],
    ['KeyMaterialDescription', { KeyMaterialDescription: 'mine' }],
    ['KeyMaterialId', { KeyMaterialId: 'a'.repeat(64) }],
  ])('knows %s for symmetric keys alone', async (_, more) => {
    const { id } = await externalKey('HMAC_256');
    expect((await refused(imports(client, id, randomBytes(32), more))).code).toBe('ValidationException');
  });

  it.each<[string, Partial<ImportKeyMaterialCommandInput>, string]>([
    ['a description with other characters', { KeyMaterialDescription: 'ä!' }, 'keyMaterialDescription'],
    ['a material id of another form', { KeyMaterialId: 'A'.repeat(64) }, 'keyMaterialId'],
  ])('refuses %s', async (_, more, path) => {
    const { id } = await externalKey();
    const { code, message } = await refused(imports(client, id, randomBytes(32), more));
    expect(code).toBe('ValidationException');
    expect(message).toContain(`at '${path}' failed to satisfy constraint`);
  });
});

describe('a symmetric key with several materials', () => {
  const [first, second] = [randomBytes(32), randomBytes(32)];
  let key: AKey;
  const ids: (string | undefined)[] = [];
  const blobs: (Uint8Array | undefined)[] = [];
  const encrypts = async () =>
    blobs.push((await client.send(new EncryptCommand({ KeyId: key.id, Plaintext }))).CiphertextBlob);
  const listed = async () =>
    (await client.send(new ListKeyRotationsCommand({ KeyId: key.id, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' })))
      .Rotations ?? [];

  it('has the first at once, and the second only after a rotation', async () => {
    key = await externalKey();
    const answer = await imports(client, key.id, first, { KeyMaterialDescription: 'the first one' });
    expect(members(answer)).toEqual({ KeyId: key.arn, KeyMaterialId: materialId });
    ids.push(answer.KeyMaterialId);
    await encrypts();
    const next = await imports(client, key.id, second, { ImportType: 'NEW_KEY_MATERIAL' });
    ids.push(next.KeyMaterialId);
    expect(new Set(ids).size).toBe(2);
    expect((await metadataOf(key.id))?.CurrentKeyMaterialId).toBe(ids[0]);
    const common = {
      KeyId: key.id,
      ImportState: 'IMPORTED',
      ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
    };
    expect(await listed()).toEqual([
      { ...common, KeyMaterialId: ids[0], KeyMaterialState: 'CURRENT', KeyMaterialDescription: 'the first one' },
      { ...common, KeyMaterialId: ids[1], KeyMaterialState: 'PENDING_ROTATION' },
    ]);
  });

  it('takes no third while the second waits, but the second again', async () => {
    const third = await refused(imports(client, key.id, randomBytes(32), { ImportType: 'NEW_KEY_MATERIAL' }));
    expect(third).toMatchObject({ code: 'KMSInvalidStateException', status: 400 });
    expect(third.message).toMatch(
      new RegExp(
        `^New key material \\(id: [0-9a-f]{64}\\) cannot be imported into KMS key ${key.arn}, because another key ` +
          `material \\(id: ${ids[1]}\\) is pending rotation\\.$`,
      ),
    );
    const again = await imports(client, key.id, second, { ImportType: 'EXISTING_KEY_MATERIAL', KeyMaterialId: ids[1] });
    expect(again.KeyMaterialId).toBe(ids[1]);
  });

  it('opens with each what it encrypted, after the rotation', async () => {
    await client.send(new RotateKeyOnDemandCommand({ KeyId: key.id }));
    expect((await metadataOf(key.id))?.CurrentKeyMaterialId).toBe(ids[1]);
    await encrypts();
    for (const [at, CiphertextBlob] of blobs.entries()) {
      const opened = await client.send(new DecryptCommand({ CiphertextBlob }));
      expect([Buffer.from(opened.Plaintext ?? []), opened.KeyMaterialId]).toEqual([Plaintext, ids[at]]);
    }
    expect(await listed()).toEqual([
      expect.objectContaining({ KeyMaterialId: ids[0], KeyMaterialState: 'NON_CURRENT' }),
      expect.objectContaining({
        KeyMaterialId: ids[1],
        KeyMaterialState: 'CURRENT',
        RotationType: 'ON_DEMAND',
        RotationDate: expect.any(Date),
      }),
    ]);
  });

  it('waits as a whole when one of them is deleted, until that very one comes again', async () => {
    const deleted = await client.send(new DeleteImportedKeyMaterialCommand({ KeyId: key.id, KeyMaterialId: ids[0] }));
    expect(members(deleted)).toEqual({ KeyId: key.arn, KeyMaterialId: ids[0] });
    expect((await metadataOf(key.id))?.KeyState).toBe('PendingImport');
    expect(await refused(client.send(new DecryptCommand({ CiphertextBlob: blobs[1] })))).toEqual(
      refusal('KMSInvalidStateException', `${key.arn} is pending import.`),
    );
    expect((await listed())[0]).toMatchObject({
      ImportState: 'PENDING_IMPORT',
      KeyMaterialDescription: 'the first one',
    });
    const wrong = imports(client, key.id, first, { KeyMaterialId: ids[1] });
    expect((await refused(wrong)).code).toBe('IncorrectKeyMaterialException');
    const other = imports(client, key.id, randomBytes(32));
    expect((await refused(other)).code).toBe('IncorrectKeyMaterialException');
    const named = imports(client, key.id, first, { ImportType: 'NEW_KEY_MATERIAL', KeyMaterialId: ids[0] });
    expect((await refused(named)).code).toBe('ValidationException');
    await imports(client, key.id, first, { ImportType: 'EXISTING_KEY_MATERIAL', KeyMaterialId: ids[0] });
    expect((await metadataOf(key.id))?.KeyState).toBe('Enabled');
    await client.send(new DecryptCommand({ CiphertextBlob: blobs[0] }));
    expect((await listed())[0]).toMatchObject({ ImportState: 'IMPORTED', KeyMaterialDescription: 'the first one' });
  });

  it('forgets a material that was still waiting for rotation', async () => {
    const { KeyMaterialId } = await imports(client, key.id, randomBytes(32), { ImportType: 'NEW_KEY_MATERIAL' });
    await client.send(new DeleteImportedKeyMaterialCommand({ KeyId: key.id, KeyMaterialId }));
    expect((await metadataOf(key.id))?.KeyState).toBe('Enabled');
    expect((await listed()).map((one) => one.KeyMaterialId)).toEqual(ids);
    expect(await refused(client.send(new RotateKeyOnDemandCommand({ KeyId: key.id })))).toEqual(
      refusal('KMSInvalidStateException', `No available key material pending rotation for the key: ${key.arn}.`),
    );
  });
});

describe('DeleteImportedKeyMaterial', () => {
  it('is without effect on a key that has none, and knows no other material', async () => {
    const { id, arn } = await externalKey();
    const nothing = await client.send(new DeleteImportedKeyMaterialCommand({ KeyId: id }));
    expect(members(nothing)).toEqual({ KeyId: arn });
    const unknown = new DeleteImportedKeyMaterialCommand({ KeyId: id, KeyMaterialId: 'a'.repeat(64) });
    expect((await refused(client.send(unknown))).code).toBe('NotFoundException');
  });

  it('does not make material of another key readable: metadata is bound into ciphertexts', async () => {
    const material = randomBytes(32);
    const [one, other] = [await externalKey(), await externalKey()];
    await imports(client, one.id, material);
    await imports(client, other.id, material);
    const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId: one.id, Plaintext }));
    const call = client.send(new DecryptCommand({ CiphertextBlob, KeyId: other.id }));
    expect((await refused(call)).code).toBe('IncorrectKeyException');
  });
});

describe('CreateKey with Origin EXTERNAL', () => {
  it('tells nothing of material that is not there', async () => {
    const { KeyMetadata } = await client.send(new CreateKeyCommand({ Origin: 'EXTERNAL' }));
    expect(KeyMetadata).toMatchObject({ Origin: 'EXTERNAL', KeyState: 'PendingImport', Enabled: false });
    for (const absent of ['ValidTo', 'ExpirationModel', 'CurrentKeyMaterialId']) {
      expect(KeyMetadata).not.toHaveProperty(absent);
    }
  });

  it('makes no ML-DSA keys', async () => {
    const call = aKey(client, { KeySpec: 'ML_DSA_44', KeyUsage: 'SIGN_VERIFY', Origin: 'EXTERNAL' });
    expect((await refused(call)).code).toBe('UnsupportedOperationException');
  });
});
