import { aService } from './testing/a-service';
import { type RecordedRefusal, answerTo, base64, noKey, onTheWire, sources, violated } from './testing/recorded';

const service = aService();
const keySpecs =
  '[RSA_2048, RSA_3072, RSA_4096, ECC_NIST_P256, ECC_NIST_P384, ECC_NIST_P521, ECC_SECG_P256K1, ' +
  'ECC_NIST_EDWARDS25519, SYMMETRIC_DEFAULT, HMAC_224, HMAC_256, HMAC_384, HMAC_512, SM2, ML_DSA_44, ML_DSA_65, ML_DSA_87, ' +
  // Of later than the recording, at the end as in the service model.
  'ML_KEM_512, ML_KEM_768, ML_KEM_1024]';
const signingAlgorithms =
  '[RSASSA_PSS_SHA_256, RSASSA_PSS_SHA_384, RSASSA_PSS_SHA_512, RSASSA_PKCS1_V1_5_SHA_256, RSASSA_PKCS1_V1_5_SHA_384, ' +
  'RSASSA_PKCS1_V1_5_SHA_512, ECDSA_SHA_256, ECDSA_SHA_384, ECDSA_SHA_512, ED25519_SHA_512, ED25519_PH_SHA_512, SM2DSA, ' +
  'ML_DSA_SHAKE_256]';
const macAlgorithms = '[HMAC_SHA_384, HMAC_SHA_256, HMAC_SHA_224, HMAC_SHA_512]';
const message = 'bWVzc2FnZQ==';
const tooShort = 'failed to satisfy constraint: Member must have length greater than or equal to 1';
const atMost = (length: number): string =>
  `failed to satisfy constraint: Member must have length less than or equal to ${length}`;
const notNull = 'failed to satisfy constraint: Member must not be null';

type Case = readonly [operation: string, body: object, expected: RecordedRefusal];

describe(`values out of range, recorded from AWS (${sources.localstack})`, () => {
  it.each<Case>([
    ['GenerateRandom', {}, { code: 'ValidationException', message: 'NumberOfBytes is required.' }],
    ['GenerateRandom', { NumberOfBytes: null }, { code: 'ValidationException', message: 'NumberOfBytes is required.' }],
    [
      'GenerateRandom',
      { NumberOfBytes: 0 },
      violated(
        "Value '0' at 'numberOfBytes' failed to satisfy constraint: Member must have value greater than or equal to 1",
      ),
    ],
    [
      'GenerateRandom',
      { NumberOfBytes: 1025 },
      violated(
        "Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to 1024",
      ),
    ],
    ['Encrypt', { KeyId: noKey, Plaintext: base64(4400) }, violated(`Value at 'plaintext' ${atMost(4096)}`)],
    [
      'GenerateMac',
      { KeyId: noKey, Message: message, MacAlgorithm: 'INVALID' },
      violated(
        `Value 'INVALID' at 'macAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: ${macAlgorithms}`,
      ),
    ],
    [
      'VerifyMac',
      { KeyId: noKey, Message: message, Mac: base64(32), MacAlgorithm: 'INVALID' },
      violated(
        `Value 'INVALID' at 'macAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: ${macAlgorithms}`,
      ),
    ],
    [
      'DeriveSharedSecret',
      { KeyId: noKey, KeyAgreementAlgorithm: 'INVALID', PublicKey: base64(91) },
      violated(
        "Value 'INVALID' at 'keyAgreementAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: [ECDH]",
      ),
    ],
    [
      'CreateKey',
      { Tags: [{ TagKey: 'a'.repeat(129), TagValue: 'v' }] },
      violated(`Value '${'a'.repeat(129)}' at 'tags.1.member.tagKey' ${atMost(128)}`),
    ],
    [
      'CreateKey',
      { Tags: [{ TagKey: 'tag1', TagValue: 'v'.repeat(257) }] },
      violated(`Value '${'v'.repeat(257)}' at 'tags.1.member.tagValue' ${atMost(256)}`),
    ],
  ])('%s %j', async (operation, body, expected) => {
    expect(await answerTo(service, operation, body)).toEqual(onTheWire(expected));
  });

  it.each([
    ['keySpec', { KeySpec: 'HMAC_random' }, 'HMAC_random', keySpecs],
    [
      'keyUsage',
      { KeySpec: 'HMAC_256', KeyUsage: 'RANDOM' },
      'RANDOM',
      '[SIGN_VERIFY, ENCRYPT_DECRYPT, GENERATE_VERIFY_MAC, KEY_AGREEMENT, ENCAPSULATE_DECAPSULATE]',
    ],
  ])('CreateKey with an unknown %s', async (member, body, value, values) => {
    const constraint = `Member must satisfy enum value set: ${values}`;
    const expected = violated(`Value '${value}' at '${member}' failed to satisfy constraint: ${constraint}`);
    expect(await answerTo(service, 'CreateKey', body)).toEqual(onTheWire(expected));
  });
});

describe(`requests refused before their key is looked up, recorded from AWS (${sources.floci})`, () => {
  const dataKeySpec = (given: string): RecordedRefusal =>
    violated(
      `Value '${given}' at 'keySpec' failed to satisfy constraint: Member must satisfy enum value set: ${keySpecs}`,
    );
  const bytes = (given: number, constraint: string): RecordedRefusal =>
    violated(`Value '${given}' at 'numberOfBytes' failed to satisfy constraint: Member must have value ${constraint}`);
  const messageType = violated(
    "Value 'FOO' at 'messageType' failed to satisfy constraint: Member must satisfy enum value set: [RAW, DIGEST, EXTERNAL_MU]",
  );
  const signed = { Message: message, Signature: 'AAAA', SigningAlgorithm: 'ECDSA_SHA_256' };
  it.each<Case>([
    ['GenerateDataKey', { KeySpec: 'FOO' }, dataKeySpec('FOO')],
    ['GenerateDataKey', { KeySpec: 'RSA_2048' }, dataKeySpec('RSA_2048')],
    ['GenerateDataKeyWithoutPlaintext', { KeySpec: 'FOO' }, dataKeySpec('FOO')],
    ['GenerateDataKey', { NumberOfBytes: 0 }, bytes(0, 'greater than or equal to 1')],
    ['GenerateDataKey', { NumberOfBytes: 1025 }, bytes(1025, 'less than or equal to 1024')],
    ['Sign', { ...signed, MessageType: 'FOO' }, messageType],
    ['Verify', { ...signed, MessageType: 'FOO' }, messageType],
    [
      'Sign',
      { Message: message, SigningAlgorithm: 'FOO' },
      violated(
        `Value 'FOO' at 'signingAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: ${signingAlgorithms}`,
      ),
    ],
    ['Sign', { Message: message }, violated(`Value null at 'signingAlgorithm' ${notNull}`)],
    ['Verify', { Message: message, Signature: base64(64) }, violated(`Value null at 'signingAlgorithm' ${notNull}`)],
    ['GenerateMac', { Message: message }, violated(`Value null at 'macAlgorithm' ${notNull}`)],
    ['VerifyMac', { Message: message, Mac: base64(32) }, violated(`Value null at 'macAlgorithm' ${notNull}`)],
    [
      'GenerateMac',
      { Message: message, MacAlgorithm: 'hmac_sha_256' },
      violated(
        `Value 'hmac_sha_256' at 'macAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: ${macAlgorithms}`,
      ),
    ],
    [
      'EnableKeyRotation',
      { RotationPeriodInDays: 89 },
      violated(
        "Value '89' at 'rotationPeriodInDays' failed to satisfy constraint: Member must have value greater than or equal to 90",
      ),
    ],
    [
      'EnableKeyRotation',
      { RotationPeriodInDays: 2561 },
      violated(
        "Value '2561' at 'rotationPeriodInDays' failed to satisfy constraint: Member must have value less than or equal to 2560",
      ),
    ],
    ...(['Encrypt', 'Decrypt'] as const).map((operation): Case => [
      operation,
      { Plaintext: 'aGVsbG8=', CiphertextBlob: 'AAAA', EncryptionAlgorithm: 'FOO' },
      violated(
        "Value 'FOO' at 'encryptionAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: " +
          '[RSAES_OAEP_SHA_1, RSAES_OAEP_SHA_256, SM2PKE, SYMMETRIC_DEFAULT]',
      ),
    ]),
  ])('%s %j', async (operation, body, expected) => {
    expect(await answerTo(service, operation, { KeyId: noKey, ...body })).toEqual(onTheWire(expected));
  });
});

describe(`bytes that are absent, too few or too many, recorded from AWS (${sources.floci})`, () => {
  const signing = { SigningAlgorithm: 'ECDSA_SHA_256' };
  const mac = { MacAlgorithm: 'HMAC_SHA_256' };
  const destination = { DestinationKeyId: 'alias/missing' };
  it.each<readonly [string, object, string]>([
    ['Encrypt', { Plaintext: '' }, `Value at 'plaintext' ${tooShort}`],
    ['Encrypt', { Plaintext: base64(4097) }, `Value at 'plaintext' ${atMost(4096)}`],
    ['Encrypt', {}, `Value at 'plaintext' ${notNull}`],
    ['Sign', { Message: '', ...signing }, `Value at 'message' ${tooShort}`],
    ['Sign', { Message: base64(4097), ...signing }, `Value at 'message' ${atMost(4096)}`],
    ['Sign', signing, `Value at 'message' ${notNull}`],
    ['Verify', { Message: message, Signature: '', ...signing }, `Value at 'signature' ${tooShort}`],
    ['Verify', { Message: message, Signature: base64(6145), ...signing }, `Value at 'signature' ${atMost(6144)}`],
    ['Verify', { Message: message, ...signing }, `Value null at 'signature' ${notNull}`],
    ['Verify', { Message: base64(4097), Signature: 'AAAA', ...signing }, `Value at 'message' ${atMost(4096)}`],
    ['Verify', { Signature: 'AAAA', ...signing }, `Value at 'message' ${notNull}`],
    ['GenerateMac', { Message: '', ...mac }, `Value at 'message' ${tooShort}`],
    ['GenerateMac', { Message: base64(4097), ...mac }, `Value at 'message' ${atMost(4096)}`],
    ['GenerateMac', mac, `Value at 'message' ${notNull}`],
    ['VerifyMac', { Message: message, Mac: '', ...mac }, `Value at 'mac' ${tooShort}`],
    ['VerifyMac', { Message: message, Mac: base64(6145), ...mac }, `Value at 'mac' ${atMost(6144)}`],
    ['VerifyMac', { Message: message, ...mac }, `Value null at 'mac' ${notNull}`],
    ['VerifyMac', { Message: '', Mac: 'AAAA', ...mac }, `Value at 'message' ${tooShort}`],
    ['VerifyMac', { Mac: 'AAAA', ...mac }, `Value at 'message' ${notNull}`],
    ['Decrypt', { CiphertextBlob: '' }, `Value at 'ciphertextBlob' ${tooShort}`],
    ['Decrypt', { CiphertextBlob: base64(6145) }, `Value at 'ciphertextBlob' ${atMost(6144)}`],
    ['Decrypt', {}, `Value null at 'ciphertextBlob' ${notNull}`],
    ['ReEncrypt', { ...destination, CiphertextBlob: '' }, `Value at 'ciphertextBlob' ${tooShort}`],
    ['ReEncrypt', destination, `Value null at 'ciphertextBlob' ${notNull}`],
  ])('%s %#', async (operation, body, violation) => {
    const answer = await answerTo(service, operation, { KeyId: noKey, ...body });
    expect(answer).toEqual(onTheWire(violated(violation)));
  });
});
