import type { KeySpec } from '@aws-sdk/client-kms';
import { type AKey, aKey } from './testing/a-key';
import { aService } from './testing/a-service';
import { base64, recordedCalls, sources } from './testing/recorded';
import {
  type Kind,
  agreement,
  cryptoRequest,
  ed25519,
  hmac,
  message,
  mlDsa,
  p256,
  rsaEncryption,
  rsaSigning,
  symmetric,
} from './testing/recorded-kinds';

const service = aService();
const { expectRefusal, send } = recordedCalls(service);

const make = ([KeySpec, KeyUsage, Origin]: Kind): Promise<AKey> =>
  aKey(service.client(), { KeySpec, KeyUsage, Origin });

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
