import type { AliasName, Instant, KeyId, Region, Tenancy } from '@keywarden/kernel';
import type { KeyMaterialId, KeyName, KeySpec, KeyUsage, KmsKey, Origin } from '@keywarden/keys';

/**
 * What can happen in the life of a KMS key, past tense, with the facts that somebody who is told of it needs. Nothing in
 * it is secret.
 */
export type KeyEventFacts =
  | {
      readonly type: 'KeyCreated';
      readonly spec: KeySpec;
      readonly usage: KeyUsage;
      readonly origin: Origin;
      readonly manager: KmsKey['manager'];
      /** The Region of the primary copy; absent for a key of one Region. */
      readonly primaryRegion?: Region;
    }
  | { readonly type: 'KeyEnabled' | 'KeyDisabled' | 'KeyUnavailable' | 'KeyAwaitsImport' }
  | { readonly type: 'KeyPolicyChanged' | 'KeyDescriptionChanged' | 'KeyTagsChanged' }
  | { readonly type: 'KeyReplicasChanged'; readonly primaryRegion: Region; readonly replicaRegions: readonly Region[] }
  | { readonly type: 'KeyRotationEnabled'; readonly periodInDays: number }
  | { readonly type: 'KeyRotationDisabled' }
  | {
      readonly type: 'KeyRotated';
      readonly rotationType: 'AUTOMATIC' | 'ON_DEMAND';
      readonly materialId: KeyMaterialId;
      readonly previousMaterialId: KeyMaterialId;
    }
  | { readonly type: 'KeyMaterialImported'; readonly materialId: KeyMaterialId; readonly validTo?: Instant }
  | { readonly type: 'KeyMaterialDeleted'; readonly materialId: KeyMaterialId }
  | { readonly type: 'KeyMaterialExpired'; readonly materialId: KeyMaterialId; readonly validTo: Instant }
  | {
      readonly type: 'KeyMaterialExpirationApproaching';
      readonly materialId: KeyMaterialId;
      readonly validTo: Instant;
      /** The warning this is: that many whole days before, or less when it comes late. */
      readonly warningDays: number;
    }
  /** Without a date: a primary that waits for its replicas first. */
  | { readonly type: 'KeyDeletionScheduled'; readonly deletionDate?: Instant; readonly windowInDays?: number }
  | { readonly type: 'KeyDeletionCancelled' | 'KeyDeleted' }
  | { readonly type: 'KeyDeletionApproaching'; readonly deletionDate: Instant; readonly warningDays: number }
  | { readonly type: 'AliasCreated' | 'AliasDeleted'; readonly aliasName: AliasName }
  /** Told to the key the alias left and to the one it names now. */
  | {
      readonly type: 'AliasUpdated';
      readonly aliasName: AliasName;
      readonly targetKeyId: KeyId;
      readonly previousTargetKeyId: KeyId;
    }
  | { readonly type: 'GrantCreated' | 'GrantRetired' | 'GrantRevoked'; readonly grantId: string };

export type KeyEventType = KeyEventFacts['type'];

/** Something that happened to one copy of a KMS key. */
export interface KeyEvent {
  readonly key: Tenancy & KeyName;
  readonly at: Instant;
  readonly facts: KeyEventFacts;
}

export function keyEvent({ account, region, id }: Tenancy & KeyName, at: Instant, facts: KeyEventFacts): KeyEvent {
  return { key: { account, region, id }, at, facts };
}
