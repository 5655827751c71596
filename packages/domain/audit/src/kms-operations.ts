import { type OperationRecord, makes, reads, writes } from './operation-record';

const cipher = ['keyId', 'encryptionAlgorithm', 'encryptionContext', 'dryRun'] as const;
const page = ['limit', 'marker'] as const;
const symmetric = { encryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
const xksProxy = [
  'xksProxyUriEndpoint',
  'xksProxyUriPath',
  'xksProxyVpcEndpointServiceName',
  'xksProxyVpcEndpointServiceOwner',
  'xksProxyConnectivity',
] as const;

/**
 * Every operation of KMS. Cryptographic operations count as reading. Never shown: plaintext and ciphertext, messages,
 * signatures and MACs, key material and import tokens, grant tokens, attestation documents, passwords, policies that were
 * read.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/understanding-kms-entries.html
 */
export const kmsOperations = {
  Encrypt: { ...reads(...cipher), effective: symmetric },
  Decrypt: { ...reads(...cipher, 'dryRunModifiers'), effective: symmetric },
  ReEncrypt: {
    ...reads(
      'sourceKeyId',
      'sourceEncryptionAlgorithm',
      'sourceEncryptionContext',
      'destinationKeyId',
      'destinationEncryptionAlgorithm',
      'destinationEncryptionContext',
      'dryRun',
      'dryRunModifiers',
    ),
    effective: { sourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT', destinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT' },
  },
  GenerateDataKey: reads('keyId', 'keySpec', 'numberOfBytes', 'encryptionContext', 'dryRun'),
  GenerateDataKeyWithoutPlaintext: reads('keyId', 'keySpec', 'numberOfBytes', 'encryptionContext', 'dryRun'),
  GenerateDataKeyPair: reads('keyId', 'keyPairSpec', 'encryptionContext', 'dryRun'),
  GenerateDataKeyPairWithoutPlaintext: reads('keyId', 'keyPairSpec', 'encryptionContext', 'dryRun'),
  GenerateRandom: { readOnly: true, request: null, response: null },
  Sign: { ...reads('keyId', 'messageType', 'signingAlgorithm', 'dryRun'), effective: { messageType: 'RAW' } },
  Verify: { ...reads('keyId', 'messageType', 'signingAlgorithm', 'dryRun'), effective: { messageType: 'RAW' } },
  GenerateMac: reads('keyId', 'macAlgorithm', 'dryRun'),
  VerifyMac: reads('keyId', 'macAlgorithm', 'dryRun'),
  DeriveSharedSecret: reads('keyId', 'keyAgreementAlgorithm', 'dryRun'),
  Encapsulate: reads('keyId', 'encapsulationAlgorithm', 'dryRun'),
  Decapsulate: reads('keyId', 'encapsulationAlgorithm', 'dryRun'),

  DescribeKey: reads('keyId'),
  GetKeyLastUsage: reads('keyId'),
  GetKeyPolicy: reads('keyId', 'policyName'),
  GetKeyRotationStatus: reads('keyId'),
  GetParametersForImport: reads('keyId', 'wrappingAlgorithm', 'wrappingKeySpec'),
  GetPublicKey: reads('keyId'),
  ListAliases: reads('keyId', ...page),
  ListGrants: reads('keyId', 'grantId', 'granteePrincipal', ...page),
  ListKeyPolicies: reads('keyId', ...page),
  ListKeyRotations: reads('keyId', 'includeKeyMaterial', ...page),
  ListKeys: reads('resourceOwners', ...page),
  ListResourceTags: reads('keyId', ...page),
  ListRetirableGrants: reads('retiringPrincipal', ...page),
  DescribeCustomKeyStores: reads('customKeyStoreId', 'customKeyStoreName', ...page),

  CreateKey: {
    ...makes(
      [
        'policy',
        'description',
        'keyUsage',
        'customerMasterKeySpec',
        'keySpec',
        'origin',
        'customKeyStoreId',
        'bypassPolicyLockoutSafetyCheck',
        'tags',
        'multiRegion',
        'xksKeyId',
      ],
      ['keyMetadata'],
    ),
    effective: {
      description: '',
      keyUsage: 'ENCRYPT_DECRYPT',
      origin: 'AWS_KMS',
      bypassPolicyLockoutSafetyCheck: false,
      multiRegion: false,
    },
  },
  ReplicateKey: makes(
    ['keyId', 'replicaRegion', 'description', 'bypassPolicyLockoutSafetyCheck', 'tags'],
    ['replicaKeyMetadata', 'replicaPolicy'],
  ),
  UpdatePrimaryRegion: writes('keyId', 'primaryRegion'),
  EnableKey: writes('keyId'),
  DisableKey: writes('keyId'),
  UpdateKeyDescription: writes('keyId', 'description'),
  ScheduleKeyDeletion: makes(
    ['keyId', 'pendingWindowInDays'],
    ['keyId', 'keyState', 'deletionDate', 'pendingWindowInDays'],
  ),
  CancelKeyDeletion: makes(['keyId'], ['keyId']),
  PutKeyPolicy: writes('keyId', 'policyName', 'policy', 'bypassPolicyLockoutSafetyCheck'),
  CreateAlias: writes('aliasName', 'targetKeyId'),
  UpdateAlias: writes('aliasName', 'targetKeyId'),
  DeleteAlias: writes('aliasName'),
  TagResource: writes('keyId', 'tags'),
  UntagResource: writes('keyId', 'tagKeys'),
  CreateGrant: makes(
    [
      'keyId',
      'granteePrincipal',
      'granteeServicePrincipal',
      'retiringPrincipal',
      'retiringServicePrincipal',
      'operations',
      'constraints',
      'name',
      'dryRun',
    ],
    ['grantId', 'keyId'],
  ),
  RevokeGrant: writes('keyId', 'grantId', 'dryRun'),
  RetireGrant: { readOnly: false, request: null, response: null },
  EnableKeyRotation: writes('keyId', 'rotationPeriodInDays'),
  DisableKeyRotation: writes('keyId'),
  RotateKeyOnDemand: makes(['keyId'], ['keyId']),
  ImportKeyMaterial: makes(
    ['keyId', 'validTo', 'expirationModel', 'importType', 'keyMaterialDescription', 'keyMaterialId'],
    ['keyId', 'keyMaterialId'],
  ),
  DeleteImportedKeyMaterial: makes(['keyId', 'keyMaterialId'], ['keyId', 'keyMaterialId']),
  ConnectCustomKeyStore: writes('customKeyStoreId'),
  DisconnectCustomKeyStore: writes('customKeyStoreId'),
  DeleteCustomKeyStore: writes('customKeyStoreId'),
  CreateCustomKeyStore: makes(
    ['customKeyStoreName', 'customKeyStoreType', 'cloudHsmClusterId', ...xksProxy],
    ['customKeyStoreId'],
  ),
  UpdateCustomKeyStore: writes('customKeyStoreId', 'newCustomKeyStoreName', 'cloudHsmClusterId', ...xksProxy),
} as const satisfies Readonly<Record<string, OperationRecord>>;

export type RecordedKmsOperation = keyof typeof kmsOperations;
