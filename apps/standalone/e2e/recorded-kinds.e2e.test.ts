import type { OriginType } from '@aws-sdk/client-kms';
import { type AKey, aKey } from './testing/a-key';
import { aService } from './testing/a-service';
import { imports, someMaterial } from './testing/import-material';
import { base64, recordedCalls, sources } from './testing/recorded';
import {
  type Kind,
  agreement,
  cryptoRequest,
  managementRequest,
  ed25519,
  external,
  externalHmac,
  hmac,
  incompatible,
  incorrectKey,
  message,
  mlDsa,
  p256,
  rsaEncryption,
  rsaSigning,
  symmetric,
  usageNotValid,
} from './testing/recorded-kinds';

const service = aService();
const { expectRefusal, send } = recordedCalls(service);

const make = ([KeySpec, KeyUsage, Origin]: Kind): Promise<AKey> =>
  aKey(service.client(), { KeySpec, KeyUsage, Origin });

describe(`a key of the wrong kind, recorded from AWS (${sources.floci}; ${sources.localstack})`, () => {
  it.each<readonly [Kind, string, string, string]>([
    [hmac, 'DisableKey', 'Sign', 'RSASSA_PSS_SHA_256'],
    [hmac, 'ScheduleKeyDeletion', 'Sign', 'RSASSA_PSS_SHA_256'],
    [rsaSigning, 'DisableKey', 'Encrypt', 'RSAES_OAEP_SHA_256'],
  ])('has the wrong usage before it has the wrong state: %j %s %s', async (kind, change, operation, algorithm) => {
    const { arn } = await make(kind);
    await send(change, { KeyId: arn });
    await expectRefusal(operation, cryptoRequest(operation, arn, algorithm), usageNotValid(arn, kind[1], operation));
  });

  it.each<readonly [Kind, string, string]>([
    ...['Sign', 'Verify'].flatMap((operation) =>
      [hmac, symmetric, rsaEncryption, agreement].map((kind): readonly [Kind, string, string] => [
        kind,
        operation,
        'ECDSA_SHA_256',
      ]),
    ),
    ...['GenerateMac', 'VerifyMac'].flatMap((operation) =>
      [rsaSigning, symmetric].map((kind): readonly [Kind, string, string] => [kind, operation, 'HMAC_SHA_256']),
    ),
    [rsaSigning, 'Encrypt', 'SYMMETRIC_DEFAULT'],
    [rsaSigning, 'Encrypt', 'RSAES_OAEP_SHA_256'],
    [p256, 'GenerateDataKey', 'SYMMETRIC_DEFAULT'],
    [p256, 'GenerateDataKeyWithoutPlaintext', 'SYMMETRIC_DEFAULT'],
    [p256, 'DeriveSharedSecret', 'ECDH'],
    [symmetric, 'DeriveSharedSecret', 'ECDH'],
  ])('has the wrong usage: %j %s %s', async (kind, operation, algorithm) => {
    const { arn } = await make(kind);
    await expectRefusal(operation, cryptoRequest(operation, arn, algorithm), usageNotValid(arn, kind[1], operation));
  });

  it.each<readonly [Kind, string, string]>([
    [rsaSigning, 'Sign', 'ECDSA_SHA_256'],
    [rsaSigning, 'Verify', 'ECDSA_SHA_256'],
    [p256, 'Sign', 'ECDSA_SHA_384'],
    [p256, 'Verify', 'ECDSA_SHA_384'],
    [p256, 'Sign', 'RSASSA_PSS_SHA_256'],
    [p256, 'Sign', 'ED25519_PH_SHA_512'],
    [ed25519, 'Sign', 'ECDSA_SHA_512'],
    [hmac, 'GenerateMac', 'HMAC_SHA_512'],
    [hmac, 'GenerateMac', 'HMAC_SHA_224'],
    [hmac, 'VerifyMac', 'HMAC_SHA_384'],
    [['HMAC_224', 'GENERATE_VERIFY_MAC'], 'GenerateMac', 'HMAC_SHA_256'],
    [rsaEncryption, 'Encrypt', 'SYMMETRIC_DEFAULT'],
  ])('does not know the algorithm: %j %s %s', async (kind, operation, algorithm) => {
    const { arn } = await make(kind);
    await expectRefusal(operation, cryptoRequest(operation, arn, algorithm), incompatible(algorithm, kind[0]));
  });

  it('does not know the algorithm before a digest has the wrong length', async () => {
    const { arn } = await make(p256);
    const body = { ...cryptoRequest('Sign', arn, 'ECDSA_SHA_384'), Message: base64(20), MessageType: 'DIGEST' };
    await expectRefusal('Sign', body, incompatible('ECDSA_SHA_384', 'ECC_NIST_P256'));
  });

  it.each(['GenerateDataKey', 'GenerateDataKeyWithoutPlaintext'])(
    `%s under an asymmetric key (${sources.hadoop} too)`,
    async (operation) => {
      const { arn } = await make(rsaEncryption);
      const text = 'You cannot generate a data key with an asymmetric CMK';
      await expectRefusal(operation, cryptoRequest(operation, arn, ''), {
        code: 'InvalidKeyUsageException',
        message: text,
      });
    },
  );

  it.each<readonly [Kind, string, object]>([
    [symmetric, 'GenerateDataKey', {}],
    [symmetric, 'GenerateDataKey', { KeySpec: 'AES_256', NumberOfBytes: 32 }],
    [symmetric, 'GenerateDataKeyWithoutPlaintext', {}],
    [rsaSigning, 'GenerateDataKey', {}],
    [hmac, 'GenerateDataKey', {}],
  ])('is looked at only when the length of a data key is clear: %j %s %j', async (kind, operation, members) => {
    const { arn } = await make(kind);
    await send('DisableKey', { KeyId: arn });
    await expectRefusal(
      operation,
      { KeyId: arn, ...members },
      { code: 'ValidationException', message: 'Please specify either number of bytes or key spec.' },
    );
  });

  it.each<readonly [Kind]>([[rsaEncryption], [rsaSigning], [external], [hmac]])(
    'is not the key of a ciphertext: %j',
    async (kind) => {
      const [source, other] = [await make(symmetric), await make(kind)];
      const { CiphertextBlob } = await send('Encrypt', { KeyId: source.arn, Plaintext: message });
      await expectRefusal('Decrypt', { CiphertextBlob, KeyId: other.arn }, incorrectKey);
      await expectRefusal(
        'ReEncrypt',
        { CiphertextBlob, SourceKeyId: other.arn, DestinationKeyId: other.arn },
        incorrectKey,
      );
    },
  );

  it.each<readonly [Kind, string]>([
    [symmetric, 'GetPublicKey'],
    [hmac, 'EnableKeyRotation'],
    [hmac, 'RotateKeyOnDemand'],
    [rsaEncryption, 'EnableKeyRotation'],
    [rsaEncryption, 'RotateKeyOnDemand'],
  ])('is not supported, without a message: %j %s', async (kind, operation) => {
    const { arn } = await make(kind);
    await expectRefusal(operation, { KeyId: arn }, { code: 'UnsupportedOperationException' });
  });

  it.each<readonly [Kind]>([[hmac], [rsaEncryption], [rsaSigning], [p256], [mlDsa]])(
    `may have its rotation disabled, though it has none (${sources.terraform} asks for it too): %j`,
    async (kind) => {
      const { arn } = await make(kind);
      expect(await send('DisableKeyRotation', { KeyId: arn })).toEqual({});
      expect(await send('GetKeyRotationStatus', { KeyId: arn })).toEqual({ KeyId: arn, KeyRotationEnabled: false });
    },
  );

  it.each<readonly [string, OriginType]>([
    ['EnableKeyRotation', 'EXTERNAL'],
    ['DisableKeyRotation', 'EXTERNAL'],
    ['GetParametersForImport', 'AWS_KMS'],
    ['ImportKeyMaterial', 'AWS_KMS'],
    ['DeleteImportedKeyMaterial', 'AWS_KMS'],
  ])('has the wrong origin: %s %s', async (operation, origin) => {
    const { arn } = await make(['SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT', origin]);
    await expectRefusal(operation, await managementRequest(service, operation, arn), {
      code: 'UnsupportedOperationException',
      message: `${arn} origin is ${origin} which is not valid for this operation.`,
    });
  });

  it('has no new material to rotate to', async () => {
    const { id, arn } = await make(external);
    await imports(service.client(), id, someMaterial());
    await expectRefusal(
      'RotateKeyOnDemand',
      { KeyId: id },
      {
        code: 'KMSInvalidStateException',
        message: `No available key material pending rotation for the key: ${arn}.`,
      },
    );
  });

  it('does not rotate, before it has no material to rotate to', async () => {
    const { id } = await make(externalHmac);
    await imports(service.client(), id, someMaterial('HMAC_256'));
    await expectRefusal('RotateKeyOnDemand', { KeyId: id }, { code: 'UnsupportedOperationException' });
  });
});
