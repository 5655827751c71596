import { constants, createPublicKey, generateKeyPairSync, publicEncrypt } from 'node:crypto';
import type { KeySpec } from '@aws-sdk/client-kms';
import { aKey } from './testing/a-key';
import { aService } from './testing/a-service';
import { imports, someMaterial } from './testing/import-material';
import {
  answerTo,
  base64,
  bytes,
  materialId,
  metadata,
  recordedCalls,
  seconds,
  sources,
  symmetricMetadata,
} from './testing/recorded';

const service = aService();
const { created, expectRefusal, metadataOf, send } = recordedCalls(service);
const message = 'dGVzdCBtZXNzYWdl';

describe(`imported material, recorded from AWS (${sources.localstack})`, () => {
  const doesNotExpire = { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' };

  it('comes and goes for a symmetric key', async () => {
    const key = await created({ Origin: 'EXTERNAL' });
    const waiting = symmetricMetadata({ Origin: 'EXTERNAL', KeyState: 'PendingImport', Enabled: false });
    expect(key).toEqual(waiting);
    const pending = { code: 'KMSInvalidStateException', message: `${String(key.Arn)} is pending import.` };
    await expectRefusal('Encrypt', { KeyId: key.KeyId, Plaintext: message }, pending);

    const wrapping = { WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' };
    const parameters = await send('GetParametersForImport', { KeyId: key.KeyId, ...wrapping });
    expect(parameters).toEqual({ KeyId: key.Arn, ImportToken: bytes, PublicKey: bytes, ParametersValidTo: seconds });
    const wrappingKey = createPublicKey({
      key: Buffer.from(parameters.PublicKey as string, 'base64'),
      format: 'der',
      type: 'spki',
    });
    const EncryptedKeyMaterial = publicEncrypt(
      { key: wrappingKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
      someMaterial(),
    ).toString('base64');
    const command = { KeyId: key.KeyId, ImportToken: parameters.ImportToken, EncryptedKeyMaterial };
    await expectRefusal('ImportKeyMaterial', command, {
      code: 'ValidationException',
      message: 'A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES',
    });
    expect(await metadataOf(key.KeyId)).toEqual(waiting);
    expect(await send('ImportKeyMaterial', { ...command, ...doesNotExpire })).toEqual({
      KeyId: key.Arn,
      KeyMaterialId: materialId,
    });
    expect(await metadataOf(key.KeyId)).toEqual(
      symmetricMetadata({ Origin: 'EXTERNAL', ...doesNotExpire, CurrentKeyMaterialId: materialId }),
    );
    await expectRefusal(
      'ImportKeyMaterial',
      { ...command, ...doesNotExpire, EncryptedKeyMaterial: base64(255) },
      {
        code: 'ValidationException',
        message: 'Invalid encrypted key size.',
      },
    );

    expect(await send('DeleteImportedKeyMaterial', { KeyId: key.KeyId })).toEqual({
      KeyId: key.Arn,
      KeyMaterialId: materialId,
    });
    expect(await metadataOf(key.KeyId)).toMatchObject({ KeyState: 'PendingImport', Enabled: false });
    expect(await metadataOf(key.KeyId)).not.toHaveProperty('ExpirationModel');
    await expectRefusal('Encrypt', { KeyId: key.KeyId, Plaintext: message }, pending);
  });

  it.each<readonly [KeySpec, string, string]>([
    ['ECC_NIST_P256', 'P-256', 'ECDSA_SHA_256'],
    ['ECC_NIST_P384', 'P-384', 'ECDSA_SHA_384'],
    ['ECC_SECG_P256K1', 'secp256k1', 'ECDSA_SHA_256'],
  ])('comes and goes for %s', async (KeySpec, namedCurve, SigningAlgorithm) => {
    const key = await created({ Origin: 'EXTERNAL', KeySpec, KeyUsage: 'SIGN_VERIFY' });
    const external = { SigningAlgorithms: [SigningAlgorithm], Origin: 'EXTERNAL' };
    const waiting = metadata(KeySpec, 'SIGN_VERIFY', { ...external, KeyState: 'PendingImport', Enabled: false });
    expect(key).toEqual(waiting);
    const pair = generateKeyPairSync('ec', { namedCurve });
    const material = pair.privateKey.export({ format: 'der', type: 'pkcs8' });
    await imports(service.client(), String(key.KeyId), material);
    expect(await metadataOf(key.KeyId)).toEqual(metadata(KeySpec, 'SIGN_VERIFY', { ...external, ...doesNotExpire }));
    const { PublicKey } = await send('GetPublicKey', { KeyId: key.KeyId });
    expect(PublicKey).toBe(pair.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'));
    await send('DeleteImportedKeyMaterial', { KeyId: key.KeyId });
    expect(await metadataOf(key.KeyId)).toEqual(waiting);
  });

  it('may wait for one rotation alone', async () => {
    const key = await created({ Origin: 'EXTERNAL' });
    const client = service.client();
    const id = String(key.KeyId);
    const first = await imports(client, id, someMaterial());
    const next = await imports(client, id, someMaterial(), { ImportType: 'NEW_KEY_MATERIAL' });
    expect(await metadataOf(id)).toMatchObject({ CurrentKeyMaterialId: first.KeyMaterialId });
    const third = await imports(client, id, someMaterial(), { ImportType: 'NEW_KEY_MATERIAL' }).catch(
      (error: unknown) => error,
    );
    expect(third).toMatchObject({
      name: 'KMSInvalidStateException',
      message: expect.stringMatching(
        new RegExp(
          `^New key material \\(id: [0-9a-f]{64}\\) cannot be imported into KMS key ${String(key.Arn)}, because another key material \\(id: ${next.KeyMaterialId}\\) is pending rotation\\.$`,
        ),
      ),
    });
    expect(await send('RotateKeyOnDemand', { KeyId: id })).toEqual({ KeyId: key.Arn });
    expect(await metadataOf(id)).toMatchObject({ CurrentKeyMaterialId: next.KeyMaterialId });
  });

  it(`goes along in two steps for private keys alone (${sources.zenn})`, async () => {
    const { id } = await aKey(service.client(), { Origin: 'EXTERNAL' });
    const wrapping = { WrappingAlgorithm: 'RSA_AES_KEY_WRAP_SHA_256', WrappingKeySpec: 'RSA_3072' };
    await expectRefusal(
      'GetParametersForImport',
      { KeyId: id, ...wrapping },
      {
        code: 'ValidationException',
        message:
          'Wrapping algorithm RSA_AES_KEY_WRAP_SHA_256 and wrapping key spec RSA_3072 cannot be used to import a SYMMETRIC_DEFAULT key.',
      },
    );
  });

  it(`does not go along under PKCS #1 v1.5 (${sources.floci})`, async () => {
    const { id } = await aKey(service.client(), { Origin: 'EXTERNAL' });
    const wrapping = { WrappingAlgorithm: 'RSAES_PKCS1_V1_5', WrappingKeySpec: 'RSA_2048' };
    const answer = await answerTo(service, 'GetParametersForImport', { KeyId: id, ...wrapping });
    expect(answer).toMatchObject({ status: 400, body: { __type: 'UnsupportedOperationException' } });
  });
});
