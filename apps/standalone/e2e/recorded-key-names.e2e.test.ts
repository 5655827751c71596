import { aKey } from './testing/a-key';
import { aService } from './testing/a-service';
import { type RecordedRefusal, answerTo, base64, onTheWire, sources } from './testing/recorded';

const service = aService({ environment: { KEYWARDEN_REGIONS: 'us-east-1,ap-southeast-1' } });
const message = 'bWVzc2FnZQ==';
const tooShort = 'failed to satisfy constraint: Member must have length greater than or equal to 1';
const notNull = 'failed to satisfy constraint: Member must not be null';
const asciiOnly = 'failed to satisfy constraint: Member must satisfy regular expression pattern: ^\\p{ASCII}+$';

type Case = readonly [operation: string, body: object, expected: RecordedRefusal];

describe(`the member that names a key, recorded from AWS (${sources.floci})`, () => {
  it.each<readonly [string, object, string]>([
    ['DescribeKey', {}, `1 validation error detected: Value null at 'keyId' ${notNull}`],
    [
      'Sign',
      { Message: message, SigningAlgorithm: 'ECDSA_SHA_256' },
      `1 validation error detected: Value null at 'keyId' ${notNull}`,
    ],
    ['ScheduleKeyDeletion', {}, `1 validation error detected: Value null at 'keyId' ${notNull}`],
    [
      'ReEncrypt',
      { CiphertextBlob: 'AAAA' },
      `1 validation error detected: Value null at 'destinationKeyId' ${notNull}`,
    ],
    ['CreateAlias', { AliasName: 'alias/x' }, `1 validation error detected: Value null at 'targetKeyId' ${notNull}`],
    [
      'GetPublicKey',
      { KeyId: '' },
      `2 validation errors detected: Value '' at 'keyId' ${tooShort}; Value '' at 'keyId' ${asciiOnly}`,
    ],
    ['DescribeKey', { KeyId: 'キー' }, `1 validation error detected: Value 'キー' at 'keyId' ${asciiOnly}`],
  ])('%s %j', async (operation, body, text) => {
    expect(await answerTo(service, operation, body)).toEqual(onTheWire({ code: 'ValidationException', message: text }));
  });

  it.each([
    [
      'a key id',
      '12345678-1234-1234-1234-123456789012',
      "Key '{key}12345678-1234-1234-1234-123456789012' does not exist",
    ],
    [
      'one in upper case',
      '786CA7CD-B74B-42B3-B887-902AD7AB6429',
      "Key '{key}786CA7CD-B74B-42B3-B887-902AD7AB6429' does not exist",
    ],
    [
      'a multi-Region key id',
      'mrk-1234567812341234123412345678901a',
      "Key '{key}mrk-1234567812341234123412345678901a' does not exist",
    ],
    [
      'a key ARN',
      '{key}12345678-1234-1234-1234-123456789012',
      "Key '{key}12345678-1234-1234-1234-123456789012' does not exist",
    ],
    ['a key ARN with no key id in it', '{key}foo', 'Invalid keyId foo'],
    ['no key id at all', 'foo', "Invalid keyId 'foo'"],
    ['digits without hyphens', '12345678123412341234123456789012', "Invalid keyId '12345678123412341234123456789012'"],
    ['half a multi-Region key id', 'mrk-1234', "Invalid keyId 'mrk-1234'"],
    ['an alias', 'alias/missing', 'Alias {arn}alias/missing is not found.'],
    ['an alias ARN', '{arn}alias/missing', 'Alias {arn}alias/missing is not found.'],
    ['an alias of an AWS service that is none', 'alias/aws/missing', 'Alias {arn}alias/aws/missing is not found.'],
  ])('DescribeKey of %s', async (_, given, expected) => {
    const prefix = service.arn('alias/').slice(0, -'alias/'.length);
    const filled = (text: string): string => text.replace('{key}', `${prefix}key/`).replace('{arn}', prefix);
    const answer = await answerTo(service, 'DescribeKey', { KeyId: filled(given) });
    expect(answer).toEqual(onTheWire({ code: 'NotFoundException', message: filled(expected) }));
  });

  it.each<Case>([
    ['Encrypt', { KeyId: 'alias/missing', Plaintext: 'AAAA' }, { code: 'NotFoundException' }],
    ['UpdateAlias', { AliasName: 'alias/missing' }, { code: 'NotFoundException' }],
    ['DeleteAlias', { AliasName: 'alias/missing' }, { code: 'NotFoundException' }],
  ])('%s names the alias that is missing', async (operation, body, { code }) => {
    const { arn } = await aKey(service.client());
    const answer = await answerTo(service, operation, { TargetKeyId: arn, ...body });
    expect(answer).toEqual(onTheWire({ code, message: `Alias ${service.arn('alias/missing')} is not found.` }));
  });

  it.each(['key/12345678-1234-1234-1234-123456789012', 'alias/missing'])(
    'DescribeKey of %s elsewhere',
    async (name) => {
      const KeyId = `arn:aws:kms:ap-southeast-1:111122223333:${name}`;
      const answer = await answerTo(service, 'DescribeKey', { KeyId });
      expect(answer).toEqual(onTheWire({ code: 'NotFoundException', message: 'Invalid arn ap-southeast-1' }));
    },
  );

  it(`of another Region, recorded from AWS too (${sources.localstack})`, async () => {
    const { id, arn } = await aKey(service.client('ap-southeast-1'));
    const missing = `Key '${arn.replace('ap-southeast-1', 'us-east-1')}' does not exist`;
    expect(await answerTo(service, 'DescribeKey', { KeyId: id })).toEqual(
      onTheWire({ code: 'NotFoundException', message: missing }),
    );
    expect((await answerTo(service, 'DescribeKey', { KeyId: id }, 'ap-southeast-1')).status).toBe(200);
    expect((await answerTo(service, 'DescribeKey', { KeyId: arn }, 'ap-southeast-1')).status).toBe(200);
  });

  it.each(['GenerateMac', 'VerifyMac', 'CreateGrant', 'ListGrants'])(
    `%s of no key id, recorded from AWS (${sources.localstack})`,
    async (operation) => {
      const mac = { Message: message, Mac: base64(32), MacAlgorithm: 'HMAC_SHA_256' };
      const grant = { GranteePrincipal: 'arn:aws:iam::111122223333:user/alice', Operations: ['Decrypt', 'Encrypt'] };
      const body = { KeyId: 'key_id', ...(operation.endsWith('Mac') ? mac : operation === 'CreateGrant' ? grant : {}) };
      const answer = await answerTo(service, operation, body);
      expect(answer).toEqual(onTheWire({ code: 'NotFoundException', message: "Invalid keyId 'key_id'" }));
    },
  );
});

describe(`an alias where only keys will do, recorded from AWS (${sources.boto}; ${sources.floci})`, () => {
  const material = {
    ImportToken: 'AAAA',
    EncryptedKeyMaterial: 'AAAA',
    ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
  };
  it.each<readonly [string, object]>([
    ['ScheduleKeyDeletion', {}],
    ['CancelKeyDeletion', {}],
    ['EnableKey', {}],
    ['DisableKey', {}],
    ['TagResource', { Tags: [{ TagKey: 'a', TagValue: 'b' }] }],
    ['UntagResource', { TagKeys: ['a'] }],
    ['ListResourceTags', {}],
    ['UpdateKeyDescription', { Description: 'x' }],
    ['GetKeyPolicy', {}],
    ['PutKeyPolicy', { Policy: '{}' }],
    ['ListKeyPolicies', {}],
    ['GetKeyRotationStatus', {}],
    ['EnableKeyRotation', {}],
    ['DisableKeyRotation', {}],
    ['RotateKeyOnDemand', {}],
    ['ListKeyRotations', {}],
    ['CreateGrant', { GranteePrincipal: 'arn:aws:iam::111122223333:root', Operations: ['Encrypt'] }],
    ['ListGrants', {}],
    ['RevokeGrant', { GrantId: 'a'.repeat(64) }],
    ['RetireGrant', { GrantId: 'a'.repeat(64) }],
    ['GetParametersForImport', { WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' }],
    ['ImportKeyMaterial', material],
    ['DeleteImportedKeyMaterial', {}],
    ['ReplicateKey', { ReplicaRegion: 'ap-southeast-1' }],
    ['UpdatePrimaryRegion', { PrimaryRegion: 'ap-southeast-1' }],
  ])('%s', async (operation, body) => {
    const expected = { code: 'InvalidArnException', message: 'Key Aliases are not supported for this operation.' };
    for (const KeyId of ['alias/missing', service.arn('alias/missing')]) {
      expect(await answerTo(service, operation, { KeyId, ...body })).toEqual(onTheWire(expected));
    }
  });
});
