import { type StructureShape, compile, validationMessage } from '@keywarden/aws-json';
import { type OperationName, operationShapes } from './operation-shapes';

function refusalOf(operation: OperationName, body: unknown) {
  const input: StructureShape = operationShapes[operation].input;
  const result = compile(input).decode(new TextEncoder().encode(JSON.stringify(body)));
  if (result.ok) throw new Error(`${operation} accepted the request`);
  return result.refusal;
}

function messageOf(operation: OperationName, body: unknown): string {
  const refusal = refusalOf(operation, body);
  return refusal.code === 'ConstraintsViolated' ? validationMessage(refusal.violations) : refusal.message;
}

const base64 = (length: number) => Buffer.alloc(length, 7).toString('base64');
const one = (violation: string) => `1 validation error detected: ${violation}`;

describe('a request that violates the service model', () => {
  it.each<[OperationName, unknown, string]>([
    [
      'Encrypt',
      { KeyId: 'k', Plaintext: base64(4097) },
      "Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to 4096",
    ],
    [
      'Encrypt',
      { KeyId: 'k', Plaintext: '' },
      "Value at 'plaintext' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      'Encrypt',
      { Plaintext: base64(1) },
      "Value null at 'keyId' failed to satisfy constraint: Member must not be null",
    ],
    [
      'Encrypt',
      { KeyId: 'k\u00e9y', Plaintext: base64(1) },
      "Value 'k\u00e9y' at 'keyId' failed to satisfy constraint: Member must satisfy regular expression pattern: ^\\p{ASCII}+$",
    ],
    ['Encrypt', { KeyId: 'k' }, "Value at 'plaintext' failed to satisfy constraint: Member must not be null"],
    [
      'Encrypt',
      { KeyId: 'k', Plaintext: base64(1), EncryptionAlgorithm: 'ROT13' },
      "Value 'ROT13' at 'encryptionAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: [RSAES_OAEP_SHA_1, RSAES_OAEP_SHA_256, SM2PKE, SYMMETRIC_DEFAULT]",
    ],
    [
      'GenerateRandom',
      { NumberOfBytes: 1025 },
      "Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or equal to 1024",
    ],
    [
      'GenerateDataKey',
      { KeyId: 'k', NumberOfBytes: 0 },
      "Value '0' at 'numberOfBytes' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      'CreateAlias',
      { AliasName: 'alias/a b', TargetKeyId: 'k' },
      "Value 'alias/a b' at 'aliasName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$",
    ],
    [
      'EnableKeyRotation',
      { KeyId: 'k', RotationPeriodInDays: 89 },
      "Value '89' at 'rotationPeriodInDays' failed to satisfy constraint: Member must have value greater than or equal to 90",
    ],
    [
      'ScheduleKeyDeletion',
      { KeyId: 'k', PendingWindowInDays: 366 },
      "Value '366' at 'pendingWindowInDays' failed to satisfy constraint: Member must have value less than or equal to 365",
    ],
    [
      'ListKeys',
      { Limit: 1001 },
      "Value '1001' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 1000",
    ],
    [
      'ListKeys',
      { ResourceOwners: [] },
      "Value '[]' at 'resourceOwners' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      'UntagResource',
      { KeyId: 'k', TagKeys: ['a', 'b'.repeat(129)] },
      `Value '${'b'.repeat(129)}' at 'tagKeys.2.member' failed to satisfy constraint: Member must have length less than or equal to 128`,
    ],
    [
      'TagResource',
      { KeyId: 'k', Tags: [{ TagKey: '', TagValue: '' }] },
      "Value '' at 'tags.1.member.tagKey' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      'Decrypt',
      { CiphertextBlob: base64(6145) },
      "Value at 'ciphertextBlob' failed to satisfy constraint: Member must have length less than or equal to 6144",
    ],
  ])('%s %j is told so', (operation, body, violation) => {
    expect(messageOf(operation, body)).toBe(one(violation));
  });

  it('CreateGrant names the whole list when one operation is unknown', () => {
    expect(
      messageOf('CreateGrant', {
        KeyId: 'k',
        GranteePrincipal: 'arn:aws:iam::111122223333:root',
        Operations: ['Encrypt', 'Fly'],
      }),
    ).toMatch(
      /^1 validation error detected: Value '\[Encrypt, Fly\]' at 'operations' failed to satisfy constraint: Member must satisfy constraint: \[Member must satisfy enum value set: \[Decrypt, Encrypt, .*, Decapsulate\]\]$/,
    );
  });

  it('Sign lists all its violations in the order of its members', () => {
    expect(messageOf('Sign', { MessageType: 'COOKED', Message: '' })).toMatch(
      /^4 validation errors detected: Value null at 'keyId' .*; Value at 'message' .*; Value 'COOKED' at 'messageType' .*; Value null at 'signingAlgorithm' .*$/,
    );
  });

  it('never repeats a sensitive member', () => {
    const secret = 'hunter2-hunter2-hunter2-hunter2-hunter2';
    for (const operation of ['CreateCustomKeyStore', 'UpdateCustomKeyStore'] as const) {
      const refusal = refusalOf(operation, {
        CustomKeyStoreName: 's',
        CustomKeyStoreId: 's',
        KeyStorePassword: secret,
        XksProxyAuthenticationCredential: { AccessKeyId: secret, RawSecretAccessKey: secret },
      });
      expect(refusal).toMatchObject({ code: 'ConstraintsViolated', violations: { length: 4 + 1 } });
      expect(JSON.stringify(refusal)).not.toContain('hunter2');
    }
  });
});

describe('a request at the edge of the service model', () => {
  it.each<[OperationName, unknown]>([
    ['Encrypt', { KeyId: 'k', Plaintext: base64(4096) }],
    ['ScheduleKeyDeletion', { KeyId: 'k', PendingWindowInDays: 1 }],
    ['CreateKey', { Policy: `{"a":"\u00ff${'x'.repeat(131_000)}"}`, Description: '' }],
    [
      'DeriveSharedSecret',
      {
        KeyId: 'k',
        KeyAgreementAlgorithm: 'ECDH',
        PublicKey: base64(8192),
        Recipient: { AttestationDocument: base64(262_144) },
      },
    ],
    [
      'CreateCustomKeyStore',
      {
        CustomKeyStoreName: 's',
        XksProxyUriPath: '/example/kms/xks/v1',
        XksProxyUriEndpoint: 'https://xks.example.com',
      },
    ],
    [
      'ImportKeyMaterial',
      { KeyId: 'k', ImportToken: base64(1), EncryptedKeyMaterial: base64(1), KeyMaterialDescription: 'a b-c' },
    ],
  ])('%s is accepted', (operation, body) => {
    const input: StructureShape = operationShapes[operation].input;
    expect(compile(input).decode(new TextEncoder().encode(JSON.stringify(body))).ok).toBe(true);
  });
});
