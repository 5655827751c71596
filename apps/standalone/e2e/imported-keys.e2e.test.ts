import { constants, createHmac, createPublicKey, generateKeyPairSync, publicEncrypt, randomBytes } from 'node:crypto';
import {
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
} from '@aws-sdk/client-kms';
import { type AKey, aKey } from './testing/a-key';
import { aService } from './testing/a-service';
import { members, refusal, refused } from './testing/refused';

const service = aService();
let client: KMSClient;
beforeAll(() => {
  client = service.client();
});

const day = 86_400_000;
const Plaintext = Buffer.from('kept by own key material');
const forever = { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' } as const;
const metadataOf = async (KeyId: string) => (await client.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata;

/** Wraps the material as a customer does, by RSA-OAEP with SHA-256. */
async function wrapped({ id }: AKey, material: Uint8Array): Promise<ImportKeyMaterialCommandInput> {
  const { PublicKey, ImportToken } = await client.send(
    new GetParametersForImportCommand({
      KeyId: id,
      WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
      WrappingKeySpec: 'RSA_2048',
    }),
  );
  const key = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
  const EncryptedKeyMaterial = publicEncrypt(
    { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
    material,
  );
  return { KeyId: id, ImportToken, EncryptedKeyMaterial };
}

async function imports(key: AKey, material: Uint8Array, more: Partial<ImportKeyMaterialCommandInput> = forever) {
  return client.send(new ImportKeyMaterialCommand({ ...(await wrapped(key, material)), ...more }));
}

describe('GetParametersForImport', () => {
  it.each([
    ['RSA_2048', 2_048],
    ['RSA_4096', 4_096],
  ] as const)('gives an %s public key and a token for a day', async (WrappingKeySpec, modulusLength) => {
    const { id, arn } = await aKey(client, { Origin: 'EXTERNAL' });
    const answer = await client.send(
      new GetParametersForImportCommand({ KeyId: id, WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec }),
    );
    expect(members(answer)).toEqual({
      KeyId: arn,
      ImportToken: expect.any(Uint8Array),
      PublicKey: expect.any(Uint8Array),
      ParametersValidTo: expect.any(Date),
    });
    const key = createPublicKey({ key: Buffer.from(answer.PublicKey ?? []), format: 'der', type: 'spki' });
    expect(key.asymmetricKeyDetails).toMatchObject({ modulusLength });
    expect(Math.abs((answer.ParametersValidTo?.getTime() ?? 0) - Date.now() - day)).toBeLessThan(60_000);
  });

  it('refuses a key that makes its own key material', async () => {
    const { id, arn } = await aKey(client);
    const call = new GetParametersForImportCommand({
      KeyId: id,
      WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
      WrappingKeySpec: 'RSA_2048',
    });
    expect(await refused(client.send(call))).toEqual(
      refusal('UnsupportedOperationException', `${arn} origin is AWS_KMS which is not valid for this operation.`),
    );
  });
});

describe('ImportKeyMaterial', () => {
  it('makes the key usable, until the material is deleted, and again when the same is imported', async () => {
    const key = await aKey(client, { Origin: 'EXTERNAL' });
    const material = randomBytes(32);
    const answer = await imports(key, material);
    expect(answer).toMatchObject({ KeyId: key.arn, KeyMaterialId: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(await metadataOf(key.id)).toMatchObject({
      KeyState: 'Enabled',
      ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
      CurrentKeyMaterialId: answer.KeyMaterialId,
    });
    const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId: key.id, Plaintext }));

    const deleted = await client.send(new DeleteImportedKeyMaterialCommand({ KeyId: key.id }));
    expect(members(deleted)).toEqual({ KeyId: key.arn, KeyMaterialId: answer.KeyMaterialId });
    const gone = await metadataOf(key.id);
    expect(gone).toMatchObject({ KeyState: 'PendingImport', CurrentKeyMaterialId: answer.KeyMaterialId });
    expect(gone?.ExpirationModel).toBeUndefined();
    expect(await refused(client.send(new DecryptCommand({ CiphertextBlob })))).toEqual(
      refusal('KMSInvalidStateException', `${key.arn} is pending import.`),
    );

    const other = await wrapped(key, randomBytes(32));
    expect((await refused(client.send(new ImportKeyMaterialCommand({ ...other, ...forever })))).code).toBe(
      'IncorrectKeyMaterialException',
    );
    await imports(key, material);
    const opened = await client.send(new DecryptCommand({ CiphertextBlob }));
    expect(Buffer.from(opened.Plaintext ?? [])).toEqual(Plaintext);
  });

  it('lets material expire when asked to', async () => {
    const key = await aKey(client, { Origin: 'EXTERNAL' });
    const ValidTo = new Date(Date.now() + 2_000);
    await imports(key, randomBytes(32), { ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo });
    expect(await metadataOf(key.id)).toMatchObject({ KeyState: 'Enabled', ExpirationModel: 'KEY_MATERIAL_EXPIRES' });
    const until = Date.now() + 10_000;
    while (Date.now() < until && (await metadataOf(key.id))?.KeyState !== 'PendingImport') {
      await new Promise((done) => setTimeout(done, 200));
    }
    expect((await metadataOf(key.id))?.KeyState).toBe('PendingImport');
    expect(Date.now()).toBeGreaterThanOrEqual(ValidTo.getTime());
  });

  it('takes an HMAC key, which then makes the MACs that anybody with its bytes makes', async () => {
    const key = await aKey(client, { Origin: 'EXTERNAL', KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' });
    const material = randomBytes(32);
    await imports(key, material);
    const { Mac } = await client.send(
      new GenerateMacCommand({ KeyId: key.id, Message: Plaintext, MacAlgorithm: 'HMAC_SHA_256' }),
    );
    expect(Buffer.from(Mac ?? [])).toEqual(createHmac('sha256', material).update(Plaintext).digest());
  });

  it('takes a private key, whose public part GetPublicKey then tells', async () => {
    const key = await aKey(client, { Origin: 'EXTERNAL', KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' });
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    await imports(key, privateKey.export({ format: 'der', type: 'pkcs8' }));
    const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId: key.id }));
    expect(Buffer.from(PublicKey ?? [])).toEqual(publicKey.export({ format: 'der', type: 'spki' }));
  });

  it('refuses a token of another key, damaged material and material of a wrong length', async () => {
    const [key, other] = [await aKey(client, { Origin: 'EXTERNAL' }), await aKey(client, { Origin: 'EXTERNAL' })];
    const good = await wrapped(key, randomBytes(32));
    const send = (more: Partial<ImportKeyMaterialCommandInput>) =>
      refused(client.send(new ImportKeyMaterialCommand({ ...good, ...forever, ...more })));
    expect((await send({ KeyId: other.id })).code).toBe('InvalidImportTokenException');
    expect((await send({ ImportToken: randomBytes(100) })).code).toBe('InvalidImportTokenException');
    expect((await send({ EncryptedKeyMaterial: randomBytes(256) })).code).toBe('InvalidCiphertextException');
    const short = await wrapped(key, randomBytes(31));
    expect((await send(short)).code).toBe('IncorrectKeyMaterialException');
    expect((await metadataOf(key.id))?.KeyState).toBe('PendingImport');
  });

  it('wants an expiry date, or the word that there is none', async () => {
    const key = await aKey(client, { Origin: 'EXTERNAL' });
    const good = await wrapped(key, randomBytes(32));
    expect(await refused(client.send(new ImportKeyMaterialCommand(good)))).toEqual(
      refusal('ValidationException', 'A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES'),
    );
    for (const ValidTo of [new Date(Date.now() - 1_000), new Date(Date.now() + 366 * day)]) {
      const { code } = await refused(client.send(new ImportKeyMaterialCommand({ ...good, ValidTo })));
      expect(code).toBe('ValidationException');
    }
  });
});
