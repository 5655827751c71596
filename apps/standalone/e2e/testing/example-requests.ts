const some = (length: number): string => Buffer.alloc(length, 5).toString('base64');

/** A request of every operation that a service answers, around one key, for mutation. @param blob a ciphertext, base64 */
export function exampleRequests(KeyId: string, blob: string): Readonly<Record<string, unknown>> {
  const EncryptionContext = { tenant: 'a', purpose: 'b' };
  const Tags = [{ TagKey: 'team', TagValue: 'blue' }];
  const AliasName = 'alias/fuzzed';
  const grantee = 'arn:aws:iam::111122223333:role/reader';
  const policy =
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"kms:*","Resource":"*"}]}';
  const signed = { KeyId, Message: some(32), MessageType: 'DIGEST', SigningAlgorithm: 'ECDSA_SHA_256' };
  const mac = { KeyId, Message: some(32), MacAlgorithm: 'HMAC_SHA_256' };
  const encapsulation = { KeyId, EncapsulationAlgorithm: 'ML_KEM' };
  const recipient = { KeyEncryptionAlgorithm: 'RSAES_OAEP_SHA_256', AttestationDocument: some(400) };
  return {
    CancelKeyDeletion: { KeyId },
    CreateAlias: { AliasName, TargetKeyId: KeyId },
    CreateGrant: {
      KeyId,
      GranteePrincipal: grantee,
      Operations: ['Decrypt', 'Encrypt'],
      Constraints: { EncryptionContextSubset: EncryptionContext },
      Name: 'n',
    },
    CreateKey: {
      Description: 'd',
      KeySpec: 'SYMMETRIC_DEFAULT',
      KeyUsage: 'ENCRYPT_DECRYPT',
      Tags,
      MultiRegion: false,
      Policy: policy,
    },
    Decapsulate: { ...encapsulation, SharedSecretCiphertextBlob: some(1_088) },
    Decrypt: { KeyId, CiphertextBlob: blob, EncryptionContext, Recipient: recipient },
    DeleteAlias: { AliasName },
    DeleteImportedKeyMaterial: { KeyId, KeyMaterialId: 'a'.repeat(64) },
    DeriveSharedSecret: { KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey: some(91) },
    DescribeKey: { KeyId, GrantTokens: ['AQpAM2RhZTk1MGMyNTk2ZmZmMzEyYWVhOWViN2I1MWM4Mzc0MWFiYjc0'] },
    DisableKeyRotation: { KeyId },
    EnableKey: { KeyId },
    EnableKeyRotation: { KeyId, RotationPeriodInDays: 365 },
    Encapsulate: encapsulation,
    Encrypt: { KeyId, Plaintext: some(32), EncryptionContext, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT', DryRun: false },
    GenerateDataKey: { KeyId, KeySpec: 'AES_256', EncryptionContext, GrantTokens: [some(60)] },
    GenerateDataKeyPair: { KeyId, KeyPairSpec: 'ECC_NIST_P256', EncryptionContext },
    GenerateDataKeyWithoutPlaintext: { KeyId, NumberOfBytes: 32 },
    GenerateMac: mac,
    GenerateRandom: { NumberOfBytes: 32, Recipient: recipient },
    GetKeyLastUsage: { KeyId },
    GetKeyPolicy: { KeyId, PolicyName: 'default' },
    GetKeyRotationStatus: { KeyId },
    GetParametersForImport: { KeyId, WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' },
    GetPublicKey: { KeyId },
    ImportKeyMaterial: { KeyId, ImportToken: some(300), EncryptedKeyMaterial: some(256), ValidTo: 1_900_000_000 },
    ListAliases: { KeyId, Limit: 10 },
    ListGrants: { KeyId, GrantId: 'a'.repeat(64), Limit: 10 },
    ListKeyPolicies: { KeyId, Limit: 10 },
    ListKeyRotations: { KeyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL', Limit: 10 },
    ListKeys: { Limit: 10 },
    ListResourceTags: { KeyId, Limit: 10 },
    ListRetirableGrants: { RetiringPrincipal: grantee, Limit: 10 },
    PutKeyPolicy: { KeyId, PolicyName: 'default', Policy: policy, BypassPolicyLockoutSafetyCheck: false },
    ReEncrypt: { CiphertextBlob: blob, DestinationKeyId: KeyId, DestinationEncryptionContext: EncryptionContext },
    ReplicateKey: { KeyId, ReplicaRegion: 'eu-west-1', Tags },
    RetireGrant: { KeyId, GrantId: 'a'.repeat(64) },
    RevokeGrant: { KeyId, GrantId: 'a'.repeat(64) },
    RotateKeyOnDemand: { KeyId },
    Sign: signed,
    TagResource: { KeyId, Tags },
    UntagResource: { KeyId, TagKeys: ['team'] },
    UpdateAlias: { AliasName, TargetKeyId: KeyId },
    UpdateKeyDescription: { KeyId, Description: 'other' },
    UpdatePrimaryRegion: { KeyId, PrimaryRegion: 'eu-west-1' },
    Verify: { ...signed, Signature: some(71) },
    VerifyMac: { ...mac, Mac: some(32) },
  };
}
