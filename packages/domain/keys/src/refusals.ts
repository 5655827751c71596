import type { KeyArn, Region } from '@keywarden/kernel';
import type { KeyMaterialId } from './key-material';
import type { KeySpec, KeyUsage } from './key-specs';
import type { Origin } from './kms-key';
import type { StateKind } from './key-state';

export interface KeyNotFound {
  readonly code: 'KeyNotFound';
  readonly keyArn: KeyArn;
}

export type KeyStateRefusal =
  | { readonly code: 'KeyDisabled'; readonly keyArn: KeyArn }
  | { readonly code: 'KeyInState'; readonly keyArn: KeyArn; readonly state: StateKind }
  | { readonly code: 'KeyNotPendingDeletion'; readonly keyArn: KeyArn };

/** The key is of a kind that the operation is not for. */
export type KeyKindRefusal =
  | { readonly code: 'OriginNotValid'; readonly keyArn: KeyArn; readonly origin: Origin }
  | { readonly code: 'SpecNotValid'; readonly keyArn: KeyArn }
  | { readonly code: 'NotMultiRegion'; readonly keyArn: KeyArn }
  | { readonly code: 'NotMultiRegionPrimary'; readonly keyArn: KeyArn }
  | { readonly code: 'MultiRegionReplica'; readonly keyArn: KeyArn }
  | { readonly code: 'AwsManagedKey'; readonly keyArn: KeyArn };

export type CreateKeyRefusal =
  | { readonly code: 'KeyUsageMissing' }
  | { readonly code: 'KeyUsageNotOfSpec'; readonly usage: KeyUsage; readonly spec: KeySpec }
  | { readonly code: 'OriginNotOfSpec'; readonly origin: Origin; readonly spec: KeySpec }
  | { readonly code: 'OriginNotMultiRegion'; readonly origin: Origin }
  | { readonly code: 'KeySpecNotOffered'; readonly spec: KeySpec };

export interface DeletionWindowOutOfRange {
  readonly code: 'DeletionWindowOutOfRange';
  readonly windowInDays: number;
}

export type TagRefusal =
  { readonly code: 'TagKeysDuplicate' } | { readonly code: 'TagsTooMany' } | { readonly code: 'TagPrefixReserved' };

export type RotationRefusal =
  | { readonly code: 'OnDemandRotationLimitReached'; readonly keyArn: KeyArn }
  | { readonly code: 'NothingPendingRotation'; readonly keyArn: KeyArn }
  | { readonly code: 'RotationInProgress'; readonly keyArn: KeyArn };

export type ImportRefusal =
  | { readonly code: 'MaterialNotOfKey' }
  | {
      readonly code: 'AnotherMaterialPending';
      readonly keyArn: KeyArn;
      readonly given: KeyMaterialId;
      readonly pending: KeyMaterialId;
    }
  | { readonly code: 'MaterialUnknown'; readonly keyArn: KeyArn; readonly given: KeyMaterialId }
  | {
      readonly code: 'ImportTypeNotValid';
      readonly detail: 'NewMaterialOnlyOnce' | 'NothingToReimport' | 'NotSymmetric';
    };

export type KeyQuotaReached = {
  readonly code: 'KeyQuotaReached';
  readonly limit: number;
  readonly current: number;
};

/** The custom key store does not take the key: it is not connected (any more), or has one for the external key. */
export type KeyStoreRefusal =
  | { readonly code: 'KeyStoreNotConnected'; readonly keyStoreId: string }
  | { readonly code: 'XksKeyInUse'; readonly xksKeyId: string };

export type AliasRefusal =
  | { readonly code: 'AliasNotFound'; readonly aliasArn: string }
  | { readonly code: 'AliasExists'; readonly aliasArn: string }
  | { readonly code: 'AliasQuotaReached'; readonly limit: number; readonly current: number }
  | { readonly code: 'AliasTargetsDiffer' };

export type MultiRegionRefusal =
  | { readonly code: 'ReplicaExists'; readonly keyArn: KeyArn }
  | { readonly code: 'PrimaryInRegion'; readonly region: Region }
  | { readonly code: 'AlreadyPrimary'; readonly keyArn: KeyArn };
