import { encodeError } from '@keywarden/aws-json';
import { instant, parseRegion } from '@keywarden/kernel';
import type { Refusal } from '@keywarden/key-service';
import { type KeyMaterialId, type StateKind, arnOf } from '@keywarden/keys';
import { aKmsKey } from '@keywarden/keys/testing';
import { errorAnswer } from './wire-answer';
import { toWireError, wireErrors } from './wire-errors';

const keyArn = arnOf(aKmsKey());
const aliasArn = 'arn:aws:kms:eu-central-1:111122223333:alias/project';
const [given, pending] = ['a'.repeat(64), 'b'.repeat(64)] as [KeyMaterialId, KeyMaterialId];
const bodyOf = (refusal: Refusal): unknown => JSON.parse(Buffer.from(encodeError(toWireError(refusal))).toString());

/** Texts that AWS is known to send; `undefined` for an error without any message member. */
const known: readonly [Refusal, string, string | undefined][] = [
  [{ code: 'KeyReferenceMalformed', given: 'nothing' }, 'NotFoundException', "Invalid keyId 'nothing'"],
  [{ code: 'ArnKeyIdMalformed', keyId: 'nothing' }, 'NotFoundException', 'Invalid keyId nothing'],
  [{ code: 'AliasNotSupported' }, 'InvalidArnException', 'Key Aliases are not supported for this operation.'],
  [{ code: 'ArnOfAnotherRegion', region: 'us-west-2' }, 'NotFoundException', 'Invalid arn us-west-2'],
  [{ code: 'KeyNotFound', keyArn }, 'NotFoundException', `Key '${keyArn}' does not exist`],
  [{ code: 'AliasNotFound', aliasArn }, 'NotFoundException', `Alias ${aliasArn} is not found.`],
  [{ code: 'PolicyNameUnknown' }, 'NotFoundException', 'No such policy exists'],
  [{ code: 'KeyDisabled', keyArn }, 'DisabledException', `${keyArn} is disabled.`],
  [{ code: 'KeyNotPendingDeletion', keyArn }, 'KMSInvalidStateException', `${keyArn} is not pending deletion.`],
  [
    { code: 'NothingPendingRotation', keyArn },
    'KMSInvalidStateException',
    `No available key material pending rotation for the key: ${keyArn}.`,
  ],
  [
    { code: 'AnotherMaterialPending', keyArn, given, pending },
    'KMSInvalidStateException',
    `New key material (id: ${given}) cannot be imported into KMS key ${keyArn}, because another key material (id: ${pending}) is pending rotation.`,
  ],
  [
    { code: 'KeyUsageNotValid', keyArn, usage: 'SIGN_VERIFY', operation: 'Encrypt' },
    'InvalidKeyUsageException',
    `${keyArn} key usage is SIGN_VERIFY which is not valid for Encrypt.`,
  ],
  [
    { code: 'AlgorithmNotOfSpec', algorithm: 'SYMMETRIC_DEFAULT', spec: 'RSA_2048' },
    'InvalidKeyUsageException',
    'Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.',
  ],
  [
    { code: 'DataKeyUnderAsymmetricKey' },
    'InvalidKeyUsageException',
    'You cannot generate a data key with an asymmetric CMK',
  ],
  [
    { code: 'MessageTypeNotOfSpec', messageType: 'DIGEST', spec: 'ML_DSA_44' },
    'ValidationException',
    'Message type DIGEST is incompatible with key spec ML_DSA_44.',
  ],
  [
    { code: 'MessageTypeNotOfAlgorithm', messageType: 'DIGEST', algorithm: 'ED25519_SHA_512' },
    'ValidationException',
    'Message type DIGEST is incompatible with algorithm ED25519_SHA_512.',
  ],
  [
    {
      code: 'WrappingNotOfSpec',
      wrappingAlgorithm: 'RSA_AES_KEY_WRAP_SHA_256',
      wrappingKeySpec: 'RSA_3072',
      spec: 'SYMMETRIC_DEFAULT',
    },
    'ValidationException',
    'Wrapping algorithm RSA_AES_KEY_WRAP_SHA_256 and wrapping key spec RSA_3072 cannot be used to import a SYMMETRIC_DEFAULT key.',
  ],
  [{ code: 'EncryptedMaterialSizeWrong' }, 'ValidationException', 'Invalid encrypted key size.'],
  [
    { code: 'GrantOnlyToCreateGrants' },
    'ValidationException',
    'Grants must not contain only the CreateGrant operation.',
  ],
  [
    { code: 'IncorrectKey' },
    'IncorrectKeyException',
    'The key ID in the request does not identify a CMK that can perform this operation.',
  ],
  [
    { code: 'OriginNotValid', keyArn, origin: 'AWS_KMS' },
    'UnsupportedOperationException',
    `${keyArn} origin is AWS_KMS which is not valid for this operation.`,
  ],
  [{ code: 'NotMultiRegion', keyArn }, 'UnsupportedOperationException', `${keyArn} is not a multi-region key.`],
  [
    { code: 'PrimaryInRegion', region: parseRegion('eu-west-1')! },
    'UnsupportedOperationException',
    'eu-west-1 cannot have a replica because it contains the primary.',
  ],
  [
    { code: 'RegionOfAnotherPartition' },
    'UnsupportedOperationException',
    'The replica key Region must be in the same AWS partition as the primary key Region.',
  ],
  [
    { code: 'NotMultiRegionPrimary', keyArn },
    'UnsupportedOperationException',
    `${keyArn} is not a multi-region primary key.`,
  ],
  [
    { code: 'DryRunSucceeded' },
    'DryRunOperationException',
    'The request would have succeeded, but the DryRun option is set.',
  ],
  [{ code: 'AliasExists', aliasArn }, 'AlreadyExistsException', `An alias with the name ${aliasArn} already exists`],
  [
    { code: 'OnDemandRotationLimitReached', keyArn },
    'LimitExceededException',
    `The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: ${keyArn}`,
  ],
  [
    { code: 'AliasQuotaReached', limit: 50, current: 50 },
    'LimitExceededException',
    'Aliases per key quota for this account in this region is 50, current usage is 50.',
  ],
  [
    { code: 'KeyQuotaReached', limit: 100, current: 101 },
    'LimitExceededException',
    'Key quota for this account in this region is 100 but the current usage is 101.',
  ],
  [{ code: 'TagKeysDuplicate' }, 'TagException', 'Duplicate tag keys'],
  [{ code: 'TagsTooMany' }, 'TagException', 'Too many tags'],
  [{ code: 'TagPrefixReserved' }, 'TagException', 'Tags beginning with aws: are reserved'],
  [{ code: 'PolicyArnNotValid' }, 'InvalidArnException', 'An ARN in the specified key policy is invalid.'],
  [{ code: 'NumberOfBytesMissing' }, 'ValidationException', 'NumberOfBytes is required.'],
  [{ code: 'DataKeyLengthUnclear' }, 'ValidationException', 'Please specify either number of bytes or key spec.'],
  [
    { code: 'PlaintextTooLong', algorithm: 'RSAES_OAEP_SHA_256', spec: 'RSA_2048', limit: 190 },
    'ValidationException',
    'Algorithm RSAES_OAEP_SHA_256 and key spec RSA_2048 cannot encrypt data larger than 190 bytes.',
  ],
  [
    { code: 'DigestLengthWrong', algorithm: 'ECDSA_SHA_256' },
    'ValidationException',
    'Digest is invalid length for algorithm ECDSA_SHA_256.',
  ],
  [
    { code: 'AliasPrefixMissing' },
    'ValidationException',
    'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
  ],
  [
    { code: 'AliasNameNotValid', name: 'alias/a:b' },
    'ValidationException',
    'alias/a:b contains invalid characters for an alias',
  ],
  [{ code: 'AliasTargetIsAlias' }, 'ValidationException', 'Aliases must refer to keys. Not aliases'],
  [
    { code: 'KeyUsageMissing' },
    'ValidationException',
    'You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.',
  ],
  [
    { code: 'KeyUsageNotOfSpec', usage: 'SIGN_VERIFY', spec: 'HMAC_256' },
    'ValidationException',
    'KeyUsage SIGN_VERIFY is not compatible with KeySpec HMAC_256',
  ],
  [
    { code: 'BothKeySpecs' },
    'ValidationException',
    'You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.',
  ],
  [
    { code: 'ValidToMissing' },
    'ValidationException',
    'A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES',
  ],
  [
    { code: 'DeletionWindowOutOfRange', windowInDays: 6 },
    'ValidationException',
    "1 validation error detected: Value '6' at 'pendingWindowInDays' failed to satisfy constraint: Member must have value greater than or equal to 7",
  ],
  [
    { code: 'DeletionWindowOutOfRange', windowInDays: 31 },
    'ValidationException',
    "1 validation error detected: Value '31' at 'pendingWindowInDays' failed to satisfy constraint: Member must have value less than or equal to 30",
  ],
  [
    { code: 'CiphertextMissing' },
    'ValidationException',
    "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not be null",
  ],
  [{ code: 'CiphertextRefused' }, 'InvalidCiphertextException', undefined],
  [{ code: 'SignatureNotValid' }, 'KMSInvalidSignatureException', undefined],
  [{ code: 'MacNotValid' }, 'KMSInvalidMacException', undefined],
  [{ code: 'SpecNotValid', keyArn }, 'UnsupportedOperationException', undefined],
  [{ code: 'PeerKeyUnsuitable' }, 'ValidationException', undefined],
  [
    { code: 'AliasPrefixReserved' },
    'NotAuthorizedException',
    'The alias name for a customer managed CMK cannot begin with alias/aws/.',
  ],
  [
    { code: 'KeySpecNotOffered', spec: 'SM2' },
    'UnsupportedOperationException',
    'KeySpec SM2 is not supported in this Region',
  ],
  [
    { code: 'OriginNotOfSpec', origin: 'EXTERNAL', spec: 'ML_DSA_44' },
    'UnsupportedOperationException',
    'KeySpec ML_DSA_44 is not supported for Origin EXTERNAL',
  ],
  [{ code: 'PolicyMalformed', detail: undefined }, 'MalformedPolicyDocumentException', undefined],
];

describe('the AWS error of a refusal', () => {
  it.each(known)('%j', (refusal, type, message) => {
    expect(bodyOf(refusal)).toEqual(message === undefined ? { __type: type } : { __type: type, message });
  });

  it.each([
    ['PendingDeletion', 'pending deletion'],
    ['PendingReplicaDeletion', 'pending replica deletion'],
    ['PendingImport', 'pending import'],
    ['Unavailable', 'unavailable'],
    ['Creating', 'creating'],
    ['Updating', 'updating'],
  ] as [StateKind, string][])('names the state %s', (state, phrase) => {
    const body = { __type: 'KMSInvalidStateException', message: `${keyArn} is ${phrase}.` };
    expect(bodyOf({ code: 'KeyInState', keyArn, state })).toEqual(body);
  });

  it.each([
    ['NoIdentityPolicyAllows', 'identity-based'],
    ['NoResourcePolicyAllows', 'resource-based'],
    ['NoSessionPolicyAllows', 'session'],
  ] as const)('of a denied call spells its member Message: %s', (reason, kind) => {
    const callerArn = 'arn:aws:iam::111122223333:user/alice';
    expect(bodyOf({ code: 'AccessDenied', callerArn, action: 'kms:Encrypt', resource: keyArn, reason })).toEqual({
      __type: 'AccessDeniedException',
      Message: `User: ${callerArn} is not authorized to perform: kms:Encrypt on resource: ${keyArn} because no ${kind} policy allows the kms:Encrypt action`,
    });
  });

  it('does not tell whether the key of a ciphertext exists', () => {
    expect(bodyOf({ code: 'CiphertextKeyInaccessible' })).toEqual({
      __type: 'AccessDeniedException',
      Message:
        'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
    });
  });
});

describe('the status of an error', () => {
  const statusOf = (type: string): number => errorAnswer('id', instant(0), { type }).status;

  it('is 400 for every refusal, whatever its name', () => {
    for (const [refusal] of known) expect(statusOf(toWireError(refusal).type)).toBe(400);
    for (const type of ['AccessDeniedException', 'ThrottlingException', 'UnknownOperationException']) {
      expect(statusOf(type)).toBe(400);
    }
  });

  it.each(['KMSInternalException', 'KeyUnavailableException', 'DependencyTimeoutException'])(
    'is 500 for the fault of a server: %s',
    (type) => {
      expect(statusOf(type)).toBe(500);
    },
  );

  it('is that of a client for every entry of the table', () => {
    expect(Object.keys(wireErrors)).not.toContain('constructor');
    expect(Object.keys(wireErrors).length).toBeGreaterThan(known.length);
  });
});
