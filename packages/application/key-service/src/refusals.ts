import type { AccessDenied } from '@keywarden/authorization';
import type {
  AttestationRefused,
  CiphertextRefused,
  DigestLengthWrong,
  EncryptedMaterialSizeWrong,
  MaterialUnsuitable,
  MessageType,
  PeerKeyUnsuitable,
} from '@keywarden/crypto';
import type { KeyStoreFailed } from '@keywarden/custom-key-stores';
import type { KeyArn, KeyReferenceRefusal } from '@keywarden/kernel';
import type {
  AliasRefusal,
  CommandRefusal,
  CreateKeyRefusal,
  DeletionWindowOutOfRange,
  ImportRefusal,
  KeyQuotaReached,
  KeySpec,
  KeyStoreRefusal,
  KeyUsage,
  MultiRegionRefusal,
  Origin,
  RotationRefusal,
  SigningAlgorithm,
  TagRefusal,
} from '@keywarden/keys';
import type { GrantRefusal } from './grant-refusals';
import type { NewStoreKeyRefusal } from './new-store-key';

/** The caller's account has spent its quota of such requests. */
export interface RequestQuotaSpent {
  readonly code: 'RequestQuotaSpent';
}

/** The caller named no key that can be worked with. */
export type KeyDoorRefusal =
  | KeyReferenceRefusal
  | { readonly code: 'AliasNotSupported' }
  | { readonly code: 'AliasNotFound'; readonly aliasArn: string }
  | { readonly code: 'GrantTokenNotValid' }
  | AccessDenied
  | RequestQuotaSpent
  | CommandRefusal;

/** The key is there and may be used, but not for this. */
export type UsageRefusal =
  | { readonly code: 'KeyUsageNotValid'; readonly keyArn: KeyArn; readonly usage: KeyUsage; readonly operation: string }
  | { readonly code: 'AlgorithmNotOfSpec'; readonly algorithm: string; readonly spec: KeySpec }
  | { readonly code: 'DataKeyUnderAsymmetricKey' }
  | { readonly code: 'IncorrectKey' };

/** A parameter that is well-formed but not acceptable. */
export type ParameterRefusal =
  | { readonly code: 'DataKeyLengthUnclear' }
  | { readonly code: 'NumberOfBytesMissing' }
  | { readonly code: 'PlaintextTooLong'; readonly algorithm: string; readonly spec: KeySpec; readonly limit: number }
  | { readonly code: 'EncryptionContextNotValid'; readonly spec: KeySpec }
  | { readonly code: 'KeyIdMissing' }
  | { readonly code: 'CiphertextMissing' }
  | { readonly code: 'DryRunModifiersWithoutDryRun' }
  | { readonly code: 'RecipientNotSupported' }
  | AttestationRefused
  | { readonly code: 'MarkerNotValid' }
  | { readonly code: 'AliasPrefixMissing' }
  | { readonly code: 'AliasNameNotValid'; readonly name: string }
  | { readonly code: 'AliasPrefixReserved' }
  | { readonly code: 'AliasTargetIsAlias' }
  | { readonly code: 'BothKeySpecs' }
  | { readonly code: 'PolicyTooLong'; readonly limit: number }
  | { readonly code: 'PolicyMalformed'; readonly detail: string | undefined }
  | { readonly code: 'PolicyArnNotValid' }
  | { readonly code: 'PolicyNameUnknown' }
  | { readonly code: 'RegionNotServed'; readonly region: string }
  | { readonly code: 'RegionOfAnotherPartition' }
  | { readonly code: 'CustomKeyStoreUnknown'; readonly customKeyStoreId: string }
  | { readonly code: 'CustomKeyStoreIdMissing' }
  | { readonly code: 'XksKeyIdMissing' }
  | { readonly code: 'ParameterNotOfOrigin'; readonly parameter: string; readonly origin: Origin }
  | { readonly code: 'RandomNotOfKeyStore' }
  | { readonly code: 'OriginNotSupported' };

/** The message or the signature does not go with the algorithm. */
export type SignatureRefusal =
  | {
      readonly code: 'MessageTypeNotOfAlgorithm';
      readonly messageType: MessageType;
      readonly algorithm: SigningAlgorithm;
    }
  | { readonly code: 'MessageTypeNotOfSpec'; readonly messageType: MessageType; readonly spec: KeySpec }
  | { readonly code: 'SignatureNotValid' };

export interface MacNotValid {
  readonly code: 'MacNotValid';
}

/** The parameters of an import do not fit each other, the key or the instant. */
export type ImportParameterRefusal =
  | { readonly code: 'WrappingNotOffered'; readonly wrappingAlgorithm: string; readonly wrappingKeySpec: string }
  | {
      readonly code: 'WrappingNotOfSpec';
      readonly wrappingAlgorithm: string;
      readonly wrappingKeySpec: string;
      readonly spec: KeySpec;
    }
  | { readonly code: 'ValidToMissing' }
  | { readonly code: 'ValidToNotAllowed' }
  | { readonly code: 'ValidToOutOfRange' }
  | { readonly code: 'ImportTokenNotValid' }
  | { readonly code: 'ImportTokenExpired' };

/** The ciphertext names a key that is not there or that the caller may not use; which of the two stays hidden. */
export interface CiphertextKeyInaccessible {
  readonly code: 'CiphertextKeyInaccessible';
}

/** DryRun asked for: the call would have succeeded. */
export interface DryRunSucceeded {
  readonly code: 'DryRunSucceeded';
}

export type Refusal =
  | KeyDoorRefusal
  | UsageRefusal
  | ParameterRefusal
  | SignatureRefusal
  | MacNotValid
  | DigestLengthWrong
  | PeerKeyUnsuitable
  | ImportParameterRefusal
  | ImportRefusal
  | MaterialUnsuitable
  | EncryptedMaterialSizeWrong
  | MultiRegionRefusal
  | RotationRefusal
  | CiphertextRefused
  | KeyStoreFailed
  | CiphertextKeyInaccessible
  | DryRunSucceeded
  | AliasRefusal
  | GrantRefusal
  | CreateKeyRefusal
  | DeletionWindowOutOfRange
  | KeyQuotaReached
  | KeyStoreRefusal
  | NewStoreKeyRefusal
  | TagRefusal;
