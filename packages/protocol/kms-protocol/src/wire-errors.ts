import type { WireError } from '@keywarden/aws-json';
import { assertNever } from '@keywarden/kernel';
import type { StateKind } from '@keywarden/keys';
import { keyStoreErrors, keyStoreManagementErrors } from './key-store-errors';
import type { AnyRefusal } from './operations';

/** How a state reads in a refusal: `<key ARN> is <phrase>.` */
const statePhrase: Readonly<Record<StateKind, string>> = {
  Creating: 'creating',
  Enabled: 'enabled',
  Disabled: 'disabled',
  PendingImport: 'pending import',
  PendingDeletion: 'pending deletion',
  PendingReplicaDeletion: 'pending replica deletion',
  Unavailable: 'unavailable',
  Updating: 'updating',
};

type Translate = { readonly [C in AnyRefusal['code']]: (refusal: Extract<AnyRefusal, { code: C }>) => WireError };

const error =
  (type: string) =>
  (message?: string): WireError => ({ type, message });

const notFound = error('NotFoundException');
const validation = error('ValidationException');
const invalidState = error('KMSInvalidStateException');
const unsupported = error('UnsupportedOperationException');
const limitExceeded = error('LimitExceededException');
const tag = error('TagException');
const usage = error('InvalidKeyUsageException');
const denied = (message: string): WireError => ({ type: 'AccessDeniedException', message, messageMember: 'Message' });

/** No Retry-After: clients back off by themselves. */
export const requestQuotaSpent: WireError = {
  type: 'ThrottlingException',
  message: 'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
};

type AccessDenied = Extract<AnyRefusal, { code: 'AccessDenied' }>;

/** Why an action was not allowed, as AWS words it. */
function denialReason({ reason, action }: AccessDenied): string {
  switch (reason) {
    case 'NoIdentityPolicyAllows':
      return `because no identity-based policy allows the ${action} action`;
    case 'NoResourcePolicyAllows':
      return `because no resource-based policy allows the ${action} action`;
    case 'NoSessionPolicyAllows':
      return `because no session policy allows the ${action} action`;
    case 'NoPermissionsBoundaryAllows':
      return `because no permissions boundary allows the ${action} action`;
    case 'IdentityPolicyDenies':
      return 'with an explicit deny in an identity-based policy';
    case 'ResourcePolicyDenies':
      return 'with an explicit deny in a resource-based policy';
    case 'SessionPolicyDenies':
      return 'with an explicit deny in a session policy';
    case 'PermissionsBoundaryDenies':
      return 'with an explicit deny in a permissions boundary';
    default:
      return assertNever(reason);
  }
}

const importTypeFaults = {
  NewMaterialOnlyOnce:
    'NEW_KEY_MATERIAL is for key material that the key has not had yet, on the primary key, and without KeyMaterialId.',
  NothingToReimport: 'EXISTING_KEY_MATERIAL needs key material that was imported before.',
  NotSymmetric: 'ImportType, KeyMaterialId and KeyMaterialDescription are for symmetric encryption keys only.',
} as const;

/**
 * The one place where refusals become AWS errors. Texts are those the service is known to send; where a member says so,
 * AWS's own text is not known and the words are ours.
 */
export const wireErrors: Translate = {
  KeyReferenceMalformed: ({ given }) => notFound(`Invalid keyId '${given}'`),
  ArnKeyIdMalformed: ({ keyId }) => notFound(`Invalid keyId ${keyId}`),
  ArnOfAnotherRegion: ({ region }) => notFound(`Invalid arn ${region}`),
  ArnMalformed: ({ given }) => error('InvalidArnException')(`Invalid arn '${given}'`),
  AliasNotSupported: () => error('InvalidArnException')('Key Aliases are not supported for this operation.'),
  KeyNotFound: ({ keyArn }) => notFound(`Key '${keyArn}' does not exist`),
  AliasNotFound: ({ aliasArn }) => notFound(`Alias ${aliasArn} is not found.`),
  AccessDenied: (refusal) =>
    denied(
      `User: ${refusal.callerArn} is not authorized to perform: ${refusal.action} on resource: ${refusal.resource} ` +
        denialReason(refusal),
    ),
  AwsManagedKey: ({ keyArn }) => denied(`${keyArn} is an AWS managed key, which this operation cannot change.`),
  KeyDisabled: ({ keyArn }) => error('DisabledException')(`${keyArn} is disabled.`),
  KeyInState: ({ keyArn, state }) => invalidState(`${keyArn} is ${statePhrase[state]}.`),
  KeyNotPendingDeletion: ({ keyArn }) => invalidState(`${keyArn} is not pending deletion.`),
  OriginNotValid: ({ keyArn, origin }) =>
    unsupported(`${keyArn} origin is ${origin} which is not valid for this operation.`),
  SpecNotValid: () => unsupported(),
  NotMultiRegion: ({ keyArn }) => unsupported(`${keyArn} is not a multi-region key.`),
  NotMultiRegionPrimary: ({ keyArn }) => unsupported(`${keyArn} is not a multi-region primary key.`),
  MultiRegionReplica: ({ keyArn }) => unsupported(`${keyArn} is a multi-region replica key.`),
  KeyUsageNotValid: ({ keyArn, usage: keyUsage, operation }) =>
    usage(`${keyArn} key usage is ${keyUsage} which is not valid for ${operation}.`),
  AlgorithmNotOfSpec: ({ algorithm, spec }) => usage(`Algorithm ${algorithm} is incompatible with key spec ${spec}.`),
  DataKeyUnderAsymmetricKey: () => usage('You cannot generate a data key with an asymmetric CMK'),
  IncorrectKey: () =>
    error('IncorrectKeyException')(
      'The key ID in the request does not identify a CMK that can perform this operation.',
    ),
  MessageTypeNotOfAlgorithm: ({ messageType, algorithm }) =>
    validation(`Message type ${messageType} is incompatible with algorithm ${algorithm}.`),
  MessageTypeNotOfSpec: ({ messageType, spec }) =>
    validation(`Message type ${messageType} is incompatible with key spec ${spec}.`),
  DigestLengthWrong: ({ algorithm }) => validation(`Digest is invalid length for algorithm ${algorithm}.`),
  SignatureNotValid: () => error('KMSInvalidSignatureException')(),
  MacNotValid: () => error('KMSInvalidMacException')(),
  PeerKeyUnsuitable: () => validation(),
  CiphertextRefused: () => error('InvalidCiphertextException')(),
  CiphertextKeyInaccessible: () =>
    denied(
      'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are ' +
        'not allowed to access.',
    ),
  DryRunSucceeded: () =>
    error('DryRunOperationException')('The request would have succeeded, but the DryRun option is set.'),
  DataKeyLengthUnclear: () => validation('Please specify either number of bytes or key spec.'),
  NumberOfBytesMissing: () => validation('NumberOfBytes is required.'),
  PlaintextTooLong: ({ algorithm, spec, limit }) =>
    validation(`Algorithm ${algorithm} and key spec ${spec} cannot encrypt data larger than ${limit} bytes.`),
  EncryptionContextNotValid: ({ spec }) => validation(`EncryptionContext is not valid for key spec ${spec}.`),
  KeyIdMissing: () => validation('KeyId is required for this request.'),
  CiphertextMissing: () =>
    validation(
      "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not be null",
    ),
  DryRunModifiersWithoutDryRun: () => validation('DryRunModifiers can only be specified when DryRun is true.'),
  AttestationRefused: () => validation('The attestation document is not valid.'),
  RecipientNotSupported: () => validation('Recipient is not accepted: no attestation trust root is configured.'),
  MarkerNotValid: () => error('InvalidMarkerException')('The marker is not valid.'),
  AliasPrefixMissing: () =>
    validation(
      'Alias must start with the prefix "alias/". Please see ' +
        'https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    ),
  AliasNameNotValid: ({ name }) => validation(`${name} contains invalid characters for an alias`),
  AliasPrefixReserved: () =>
    error('NotAuthorizedException')('The alias name for a customer managed CMK cannot begin with alias/aws/.'),
  AliasTargetIsAlias: () => validation('Aliases must refer to keys. Not aliases'),
  AliasExists: ({ aliasArn }) => error('AlreadyExistsException')(`An alias with the name ${aliasArn} already exists`),
  AliasQuotaReached: ({ limit, current }) =>
    limitExceeded(`Aliases per key quota for this account in this region is ${limit}, current usage is ${current}.`),
  AliasTargetsDiffer: () =>
    validation('The alias can only be updated to a KMS key of the same type and with the same key usage.'),
  WrappingNotOffered: ({ wrappingAlgorithm, wrappingKeySpec }) =>
    unsupported(`Wrapping algorithm ${wrappingAlgorithm} with key spec ${wrappingKeySpec} is not supported.`),
  WrappingNotOfSpec: ({ wrappingAlgorithm, wrappingKeySpec, spec }) =>
    validation(
      `Wrapping algorithm ${wrappingAlgorithm} and wrapping key spec ${wrappingKeySpec} cannot be used to import a ${spec} key.`,
    ),
  ValidToMissing: () => validation('A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES'),
  ValidToNotAllowed: () =>
    validation('A validTo date must not be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE'),
  ValidToOutOfRange: () => validation('The validTo date must be in the future and at most 365 days ahead.'),
  ImportTokenNotValid: () => error('InvalidImportTokenException')('The import token is not valid for this key.'),
  ImportTokenExpired: () => error('ExpiredImportTokenException')('The import token has expired.'),
  EncryptedMaterialSizeWrong: () => validation('Invalid encrypted key size.'),
  MaterialUnsuitable: () =>
    error('IncorrectKeyMaterialException')('The key material does not have the form its key spec asks for.'),
  MaterialNotOfKey: () =>
    error('IncorrectKeyMaterialException')('The key material is not the one that was imported before.'),
  MaterialUnknown: ({ keyArn, given }) => notFound(`Key material '${given}' of key ${keyArn} does not exist`),
  AnotherMaterialPending: ({ keyArn, given, pending }) =>
    invalidState(
      `New key material (id: ${given}) cannot be imported into KMS key ${keyArn}, because another key material ` +
        `(id: ${pending}) is pending rotation.`,
    ),
  ImportTypeNotValid: ({ detail }) => validation(importTypeFaults[detail]),
  OnDemandRotationLimitReached: ({ keyArn }) =>
    limitExceeded(
      'The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be ' +
        `performed for this key: ${keyArn}`,
    ),
  NothingPendingRotation: ({ keyArn }) =>
    invalidState(`No available key material pending rotation for the key: ${keyArn}.`),
  RotationInProgress: ({ keyArn }) =>
    error('ConflictException')(`A rotation of ${keyArn} is in progress or about to begin.`),
  ReplicaExists: ({ keyArn }) => error('AlreadyExistsException')(`${keyArn} already exists.`),
  PrimaryInRegion: ({ region }) => unsupported(`${region} cannot have a replica because it contains the primary.`),
  AlreadyPrimary: ({ keyArn }) => unsupported(`${keyArn} is already the multi-region primary key.`),
  RegionOfAnotherPartition: () =>
    unsupported('The replica key Region must be in the same AWS partition as the primary key Region.'),
  RegionNotServed: ({ region }) => validation(`Region ${region} is not available.`),
  GranteeUnclear: () =>
    validation('You must specify either GranteePrincipal or GranteeServicePrincipal, but not both.'),
  RetiringPartyUnclear: () =>
    validation('You must specify either RetiringPrincipal or RetiringServicePrincipal, but not both.'),
  GrantPartyNotValid: ({ given }) => error('InvalidArnException')(`ARN does not refer to a valid principal: ${given}`),
  GrantOnlyToCreateGrants: () => validation('Grants must not contain only the CreateGrant operation.'),
  GrantOperationsMissing: () => validation('Operations must name at least one operation.'),
  GrantOperationNotOfKey: ({ operation, spec, usage: keyUsage }) =>
    validation(`Operation ${operation} is not supported for key spec ${spec} with key usage ${keyUsage}.`),
  GrantConstraintsAmbiguous: () => validation('More than one constraint supplied'),
  GrantConstraintNotOfKey: ({ spec }) =>
    validation(`Grant constraints on the encryption context are not supported for key spec ${spec}.`),
  GrantConstraintTooManyPairs: ({ limit }) =>
    validation(`A grant constraint can have at most ${limit} encryption context pairs.`),
  GrantConstraintValueTooLong: ({ limit }) =>
    validation(`A value in a grant constraint can have at most ${limit} characters.`),
  GrantSourceArnMissing: () => validation('GranteeServicePrincipal requires a SourceArn grant constraint.'),
  GrantRetiringPartyMissing: () =>
    validation('GranteeServicePrincipal requires a RetiringPrincipal or a RetiringServicePrincipal.'),
  GrantQuotaReached: ({ limit, current }) =>
    limitExceeded(`Grants per key quota for this account in this region is ${limit}, current usage is ${current}.`),
  GrantNotFound: ({ keyArn, grantId }) => notFound(`Grant '${grantId}' of key '${keyArn}' does not exist`),
  GrantIdNotValid: ({ grantId }) => error('InvalidGrantIdException')(`Invalid grant id '${grantId}'`),
  GrantTokenNotValid: () => error('InvalidGrantTokenException')('The grant token is not valid.'),
  GrantToRetireUnclear: () => validation('You must specify either GrantToken, or both KeyId and GrantId.'),
  BothKeySpecs: () =>
    validation(
      'You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.',
    ),
  KeyUsageMissing: () =>
    validation('You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.'),
  KeyUsageNotOfSpec: ({ usage: keyUsage, spec }) =>
    validation(`KeyUsage ${keyUsage} is not compatible with KeySpec ${spec}`),
  OriginNotOfSpec: ({ origin, spec }) => unsupported(`KeySpec ${spec} is not supported for Origin ${origin}`),
  OriginNotMultiRegion: ({ origin }) => unsupported(`Origin ${origin} is not supported for multi-Region keys.`),
  KeySpecNotOffered: ({ spec }) => unsupported(`KeySpec ${spec} is not supported in this Region`),
  OriginNotSupported: () => unsupported(),
  PolicyTooLong: ({ limit }) => limitExceeded(`The key policy is longer than ${limit} bytes.`),
  PolicyMalformed: ({ detail }) => error('MalformedPolicyDocumentException')(detail),
  PolicyArnNotValid: () => error('InvalidArnException')('An ARN in the specified key policy is invalid.'),
  PolicyNameUnknown: () => notFound('No such policy exists'),
  CustomKeyStoreUnknown: ({ customKeyStoreId }) =>
    error('CustomKeyStoreNotFoundException')(`Custom key store ${customKeyStoreId} does not exist.`),
  ...keyStoreErrors,
  ...keyStoreManagementErrors,
  CustomKeyStoreIdMissing: () => validation('CustomKeyStoreId is required for keys in a custom key store.'),
  RequestQuotaSpent: () => requestQuotaSpent,
  KeyQuotaReached: ({ limit, current }) =>
    limitExceeded(`Key quota for this account in this region is ${limit} but the current usage is ${current}.`),
  TagKeysDuplicate: () => tag('Duplicate tag keys'),
  TagsTooMany: () => tag('Too many tags'),
  TagPrefixReserved: () => tag('Tags beginning with aws: are reserved'),
  DeletionWindowOutOfRange: ({ windowInDays }) => {
    const bound = windowInDays < 7 ? 'greater than or equal to 7' : 'less than or equal to 30';
    return validation(
      `1 validation error detected: Value '${windowInDays}' at 'pendingWindowInDays' failed to satisfy constraint: ` +
        `Member must have value ${bound}`,
    );
  },
};

/** The AWS error for any refusal of the key service. */
export function toWireError<R extends AnyRefusal>(refusal: R): WireError {
  // Each entry takes the refusal of its own code; the compiler cannot follow that through the index.
  const translate = wireErrors[refusal.code] as (given: R) => WireError;
  return translate(refusal);
}
