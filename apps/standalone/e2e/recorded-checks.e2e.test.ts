import type { KeySpec, KeyUsageType, OriginType } from '@aws-sdk/client-kms';
import { type AKey, aKey } from './testing/a-key';
import { aService } from './testing/a-service';
import { imports, someMaterial } from './testing/import-material';
import { type RecordedRefusal, answerTo, base64, onTheWire, sources } from './testing/recorded';

const service = aService();
const message = 'bWVzc2FnZQ==';

type Kind = readonly [spec: KeySpec, usage: KeyUsageType, origin?: OriginType];
const symmetric: Kind = ['SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT'];
const external: Kind = ['SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT', 'EXTERNAL'];
const rsaEncryption: Kind = ['RSA_2048', 'ENCRYPT_DECRYPT'];
const rsaSigning: Kind = ['RSA_2048', 'SIGN_VERIFY'];
const p256: Kind = ['ECC_NIST_P256', 'SIGN_VERIFY'];
const agreement: Kind = ['ECC_NIST_P256', 'KEY_AGREEMENT'];
const hmac: Kind = ['HMAC_256', 'GENERATE_VERIFY_MAC'];
const externalHmac: Kind = ['HMAC_256', 'GENERATE_VERIFY_MAC', 'EXTERNAL'];
const mlDsa: Kind = ['ML_DSA_44', 'SIGN_VERIFY'];
const ed25519: Kind = ['ECC_NIST_EDWARDS25519', 'SIGN_VERIFY'];

const make = ([KeySpec, KeyUsage, Origin]: Kind): Promise<AKey> =>
  aKey(service.client(), { KeySpec, KeyUsage, Origin });

/** A request that would do with a key of the right kind. */
function cryptoRequest(operation: string, KeyId: string, algorithm: string): object {
  const blob = base64(64, 0);
  switch (operation) {
    case 'Sign':
    case 'Verify':
      return { KeyId, Message: message, Signature: blob, SigningAlgorithm: algorithm };
    case 'GenerateMac':
    case 'VerifyMac':
      return { KeyId, Message: message, Mac: blob, MacAlgorithm: algorithm };
    case 'Encrypt':
      return { KeyId, Plaintext: message, EncryptionAlgorithm: algorithm };
    case 'Decrypt':
      return { KeyId, CiphertextBlob: blob, EncryptionAlgorithm: algorithm };
    case 'DeriveSharedSecret':
      return { KeyId, KeyAgreementAlgorithm: algorithm, PublicKey: blob };
    case 'GenerateDataKey':
    case 'GenerateDataKeyWithoutPlaintext':
      return { KeyId, KeySpec: 'AES_256' };
    default:
      return { KeyId };
  }
}

/** A request to manage a key that would do with one in the right state and of the right origin. */
async function managementRequest(operation: string, KeyId: string): Promise<object> {
  const name = `alias/${operation}-${KeyId.slice(-12)}`;
  switch (operation) {
    case 'CreateAlias':
      return { AliasName: name, TargetKeyId: KeyId };
    case 'UpdateAlias':
      await send('CreateAlias', { AliasName: name, TargetKeyId: (await make(symmetric)).arn });
      return { AliasName: name, TargetKeyId: KeyId };
    case 'GetParametersForImport':
      return { KeyId, WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' };
    case 'ImportKeyMaterial':
      return {
        KeyId,
        ImportToken: 'AAAA',
        EncryptedKeyMaterial: 'AAAA',
        ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
      };
    case 'UpdateKeyDescription':
      return { KeyId, Description: 'x' };
    case 'TagResource':
      return { KeyId, Tags: [{ TagKey: 'a', TagValue: 'b' }] };
    case 'UntagResource':
      return { KeyId, TagKeys: ['a'] };
    case 'CreateGrant':
      return { KeyId, GranteePrincipal: 'arn:aws:iam::111122223333:root', Operations: ['Encrypt'] };
    default:
      return { KeyId };
  }
}

/** A call that must succeed. */
async function send(operation: string, body: object): Promise<Record<string, unknown>> {
  const answer = await answerTo(service, operation, body);
  expect(answer).toMatchObject({ status: 200 });
  return answer.body;
}

async function expectRefusal(operation: string, body: object, expected: RecordedRefusal): Promise<void> {
  expect(await answerTo(service, operation, body)).toEqual(onTheWire(expected));
}

const usageNotValid = (arn: string, usage: string, operation: string): RecordedRefusal => ({
  code: 'InvalidKeyUsageException',
  message: `${arn} key usage is ${usage} which is not valid for ${operation}.`,
});
const incompatible = (algorithm: string, spec: string): RecordedRefusal => ({
  code: 'InvalidKeyUsageException',
  message: `Algorithm ${algorithm} is incompatible with key spec ${spec}.`,
});
const inState = (arn: string, state: string): RecordedRefusal => ({
  code: 'KMSInvalidStateException',
  message: `${arn} is ${state}.`,
});
const disabled = (arn: string): RecordedRefusal => ({ code: 'DisabledException', message: `${arn} is disabled.` });
const incorrectKey: RecordedRefusal = {
  code: 'IncorrectKeyException',
  message: 'The key ID in the request does not identify a CMK that can perform this operation.',
};

describe(`a key in the wrong state, recorded from AWS (${sources.floci})`, () => {
  it.each<readonly [Kind, string, string]>([
    [rsaSigning, 'Sign', 'RSASSA_PSS_SHA_256'],
    [rsaSigning, 'Verify', 'RSASSA_PSS_SHA_256'],
    [rsaSigning, 'Sign', 'ECDSA_SHA_256'],
    [hmac, 'GenerateMac', 'HMAC_SHA_256'],
    [hmac, 'VerifyMac', 'HMAC_SHA_256'],
    [hmac, 'GenerateMac', 'HMAC_SHA_512'],
    [symmetric, 'Encrypt', 'SYMMETRIC_DEFAULT'],
    [symmetric, 'GenerateDataKey', 'SYMMETRIC_DEFAULT'],
    [rsaEncryption, 'Encrypt', 'RSAES_OAEP_SHA_256'],
    [rsaEncryption, 'Decrypt', 'RSAES_OAEP_SHA_256'],
    [rsaEncryption, 'GenerateDataKey', 'SYMMETRIC_DEFAULT'],
  ])('disabled: %j %s %s', async (kind, operation, algorithm) => {
    const { arn } = await make(kind);
    await send('DisableKey', { KeyId: arn });
    await expectRefusal(operation, cryptoRequest(operation, arn, algorithm), disabled(arn));
  });

  it.each<readonly [Kind, string, string]>([
    [p256, 'Sign', 'ECDSA_SHA_256'],
    [p256, 'Verify', 'ECDSA_SHA_256'],
    [p256, 'Sign', 'ECDSA_SHA_384'],
    [hmac, 'GenerateMac', 'HMAC_SHA_256'],
    [hmac, 'VerifyMac', 'HMAC_SHA_256'],
    [symmetric, 'Encrypt', 'SYMMETRIC_DEFAULT'],
    [p256, 'GetPublicKey', ''],
    [hmac, 'GetPublicKey', ''],
    [hmac, 'EnableKeyRotation', ''],
    [hmac, 'DisableKeyRotation', ''],
    [hmac, 'RotateKeyOnDemand', ''],
    [symmetric, 'EnableKey', ''],
    [symmetric, 'DisableKey', ''],
    [symmetric, 'UpdateKeyDescription', ''],
    [symmetric, 'TagResource', ''],
    [symmetric, 'UntagResource', ''],
    [symmetric, 'CreateGrant', ''],
    [symmetric, 'ScheduleKeyDeletion', ''],
    [symmetric, 'CreateAlias', ''],
    [symmetric, 'UpdateAlias', ''],
    [external, 'GetParametersForImport', ''],
    [external, 'ImportKeyMaterial', ''],
  ])('pending deletion: %j %s %s', async (kind, operation, algorithm) => {
    const { arn } = await make(kind);
    const body = algorithm === '' ? await managementRequest(operation, arn) : cryptoRequest(operation, arn, algorithm);
    await send('ScheduleKeyDeletion', { KeyId: arn, PendingWindowInDays: 7 });
    await expectRefusal(operation, body, inState(arn, 'pending deletion'));
  });

  it.each<readonly [Kind, string, string]>([
    [external, 'Encrypt', 'SYMMETRIC_DEFAULT'],
    [external, 'GenerateDataKey', 'SYMMETRIC_DEFAULT'],
    [external, 'GenerateDataKeyWithoutPlaintext', 'SYMMETRIC_DEFAULT'],
    [external, 'EnableKey', ''],
    [external, 'DisableKey', ''],
    [external, 'GetPublicKey', ''],
    [external, 'RotateKeyOnDemand', ''],
    [externalHmac, 'GenerateMac', 'HMAC_SHA_256'],
    [externalHmac, 'VerifyMac', 'HMAC_SHA_256'],
    [externalHmac, 'GenerateMac', 'HMAC_SHA_512'],
  ])('pending import: %j %s %s', async (kind, operation, algorithm) => {
    const { arn } = await make(kind);
    await expectRefusal(operation, cryptoRequest(operation, arn, algorithm), inState(arn, 'pending import'));
  });

  it.each<readonly [Kind, string]>([
    [symmetric, 'EnableKeyRotation'],
    [symmetric, 'DisableKeyRotation'],
    [symmetric, 'RotateKeyOnDemand'],
    [hmac, 'EnableKeyRotation'],
    [hmac, 'DisableKeyRotation'],
    [hmac, 'RotateKeyOnDemand'],
    [rsaEncryption, 'RotateKeyOnDemand'],
  ])('disabled, before the key spec is looked at: %j %s', async (kind, operation) => {
    const { arn } = await make(kind);
    await send('DisableKey', { KeyId: arn });
    await expectRefusal(operation, { KeyId: arn }, disabled(arn));
  });

  it('lets GetPublicKey look at a disabled key', async () => {
    const { arn } = await make(rsaSigning);
    await send('DisableKey', { KeyId: arn });
    expect(await send('GetPublicKey', { KeyId: arn })).toMatchObject({ KeyId: arn });
  });

  it('ReEncrypt to a key without material', async () => {
    const [source, destination] = [await make(symmetric), await make(external)];
    const { CiphertextBlob } = await send('Encrypt', { KeyId: source.arn, Plaintext: message });
    const body = { CiphertextBlob, DestinationKeyId: destination.arn };
    await expectRefusal('ReEncrypt', body, inState(destination.arn, 'pending import'));
  });

  it.each(['Decrypt', 'Decrypt with KeyId', 'ReEncrypt'])('%s when the material has been deleted', async (call) => {
    const client = service.client();
    const { id, arn } = await make(external);
    await imports(client, id, someMaterial());
    const { CiphertextBlob } = await send('Encrypt', { KeyId: arn, Plaintext: message });
    await send('DeleteImportedKeyMaterial', { KeyId: arn });
    const more = call === 'ReEncrypt' ? { DestinationKeyId: (await make(symmetric)).arn } : { KeyId: arn };
    const body = { CiphertextBlob, ...(call !== 'Decrypt' && more) };
    await expectRefusal(call.split(' ')[0] ?? '', body, inState(arn, 'pending import'));
  });
});

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
    await expectRefusal(operation, await managementRequest(operation, arn), {
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

describe(`signatures and ciphertexts, recorded from AWS (${sources.floci}; ${sources.localstack})`, () => {
  it.each<readonly [Kind, string, string, string]>([
    [mlDsa, 'ML_DSA_SHAKE_256', 'DIGEST', 'Message type DIGEST is incompatible with key spec ML_DSA_44.'],
    [ed25519, 'ED25519_SHA_512', 'DIGEST', 'Message type DIGEST is incompatible with algorithm ED25519_SHA_512.'],
    [ed25519, 'ED25519_PH_SHA_512', 'RAW', 'Message type RAW is incompatible with algorithm ED25519_PH_SHA_512.'],
  ])('%j %s of %s', async (kind, algorithm, MessageType, text) => {
    const body = { ...cryptoRequest('Sign', (await make(kind)).arn, algorithm), MessageType };
    await expectRefusal('Sign', body, { code: 'ValidationException', message: text });
  });

  it.each<readonly [Kind, string, number, string]>([
    [p256, 'ECDSA_SHA_256', 20, 'Sign'],
    [p256, 'ECDSA_SHA_256', 48, 'Sign'],
    [p256, 'ECDSA_SHA_256', 20, 'Verify'],
    [rsaSigning, 'RSASSA_PKCS1_V1_5_SHA_256', 20, 'Sign'],
    [rsaSigning, 'RSASSA_PSS_SHA_256', 20, 'Sign'],
    [rsaSigning, 'RSASSA_PSS_SHA_384', 32, 'Sign'],
    [rsaSigning, 'RSASSA_PKCS1_V1_5_SHA_384', 64, 'Sign'],
    [rsaSigning, 'RSASSA_PSS_SHA_256', 20, 'Verify'],
    [ed25519, 'ED25519_PH_SHA_512', 20, 'Sign'],
    [ed25519, 'ED25519_PH_SHA_512', 20, 'Verify'],
  ])('a digest of the wrong length: %j %s %d %s', async (kind, algorithm, length, operation) => {
    const request = cryptoRequest(operation, (await make(kind)).arn, algorithm);
    const expected = { code: 'ValidationException', message: `Digest is invalid length for algorithm ${algorithm}.` };
    await expectRefusal(operation, { ...request, Message: base64(length), MessageType: 'DIGEST' }, expected);
  });

  it.each<readonly [Kind, string, string, number, number]>([
    [rsaSigning, 'RSASSA_PSS_SHA_256', 'RAW', 1, 1],
    [rsaSigning, 'RSASSA_PKCS1_V1_5_SHA_256', 'RAW', 6144, 97],
    [rsaSigning, 'RSASSA_PKCS1_V1_5_SHA_256', 'DIGEST', 6144, 97],
    [p256, 'ECDSA_SHA_256', 'RAW', 1, 1],
    [['ECC_SECG_P256K1', 'SIGN_VERIFY'], 'ECDSA_SHA_256', 'RAW', 1, 1],
    [['ECC_SECG_P256K1', 'SIGN_VERIFY'], 'ECDSA_SHA_256', 'RAW', 6144, 97],
    [ed25519, 'ED25519_SHA_512', 'RAW', 1, 1],
    [mlDsa, 'ML_DSA_SHAKE_256', 'RAW', 6144, 97],
  ])('a signature that is none: %j %s %s %d', async (kind, algorithm, MessageType, length, fill) => {
    const request = cryptoRequest('Verify', (await make(kind)).arn, algorithm);
    const Message = MessageType === 'DIGEST' ? base64(32, 0) : message;
    const body = { ...request, Message, MessageType, Signature: base64(length, fill) };
    await expectRefusal('Verify', body, { code: 'KMSInvalidSignatureException' });
  });

  it.each<readonly [Kind, string]>([
    [p256, 'ECDSA_SHA_256'],
    [rsaSigning, 'RSASSA_PSS_SHA_256'],
  ])('the signature of another message: %j %s', async (kind, algorithm) => {
    const request = cryptoRequest('Sign', (await make(kind)).arn, algorithm);
    const { Signature } = await send('Sign', { ...request, Message: 'b3RoZXI=' });
    await expectRefusal('Verify', { ...request, Signature }, { code: 'KMSInvalidSignatureException' });
  });

  it('the MAC of another message', async () => {
    const request = cryptoRequest('GenerateMac', (await make(hmac)).arn, 'HMAC_SHA_256');
    const { Mac } = await send('GenerateMac', { ...request, Message: 'b3RoZXI=' });
    await expectRefusal('VerifyMac', { ...request, Mac }, { code: 'KMSInvalidMacException' });
  });

  it('a ciphertext that is none, of another context, or of an RSA key that is not said to be one', async () => {
    const [key, rsa] = [await make(symmetric), await make(rsaEncryption)];
    const context = { EncryptionContext: { a: 'b' } };
    const { CiphertextBlob } = await send('Encrypt', { KeyId: key.arn, Plaintext: message, ...context });
    const RSAES = { EncryptionAlgorithm: 'RSAES_OAEP_SHA_256' };
    const encrypted = await send('Encrypt', { KeyId: rsa.arn, Plaintext: message, ...RSAES });
    const { CiphertextBlob: underRsa } = encrypted;
    for (const body of [
      { CiphertextBlob: 'AAAA' },
      { CiphertextBlob: 'AAAA', KeyId: key.arn },
      { CiphertextBlob, EncryptionContext: { a: 'c' } },
      { CiphertextBlob },
      { CiphertextBlob, KeyId: key.arn },
      { CiphertextBlob: base64(256, 1), KeyId: rsa.arn, ...RSAES },
      { CiphertextBlob: base64(10, 1), KeyId: rsa.arn, ...RSAES },
      { CiphertextBlob: underRsa, KeyId: rsa.arn },
    ]) {
      await expectRefusal('Decrypt', body, { code: 'InvalidCiphertextException' });
    }
  });

  it.each<readonly [KeySpec, string, number]>([
    ['RSA_2048', 'RSAES_OAEP_SHA_1', 214],
    ['RSA_2048', 'RSAES_OAEP_SHA_256', 190],
    ['RSA_3072', 'RSAES_OAEP_SHA_1', 342],
    ['RSA_3072', 'RSAES_OAEP_SHA_256', 318],
    ['RSA_4096', 'RSAES_OAEP_SHA_1', 470],
    ['RSA_4096', 'RSAES_OAEP_SHA_256', 446],
  ])('a plaintext that is too long: %s %s', async (spec, algorithm, limit) => {
    const { arn } = await make([spec, 'ENCRYPT_DECRYPT']);
    const text = `Algorithm ${algorithm} and key spec ${spec} cannot encrypt data larger than ${limit} bytes.`;
    const request = cryptoRequest('Encrypt', arn, algorithm);
    await expectRefusal(
      'Encrypt',
      { ...request, Plaintext: base64(limit + 1) },
      {
        code: 'ValidationException',
        message: text,
      },
    );
    await send('Encrypt', { ...request, Plaintext: base64(limit) });
  });

  it('a peer key that is none', async () => {
    const { arn } = await make(agreement);
    await expectRefusal('DeriveSharedSecret', cryptoRequest('DeriveSharedSecret', arn, 'ECDH'), {
      code: 'ValidationException',
    });
  });
});
