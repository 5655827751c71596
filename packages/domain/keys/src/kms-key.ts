import {
  type CustomKeyStoreId,
  type Instant,
  type KeyArn,
  type KeyId,
  type Region,
  type Tenancy,
  keyArn,
} from '@keywarden/kernel';
import { type KeyMaterial, type KeyMaterialId, isPresent } from './key-material';
import type { KeySpec, KeyUsage } from './key-specs';
import { type KeyState, pendingImport, unavailable } from './key-state';

export type Origin = 'AWS_KMS' | 'EXTERNAL' | 'AWS_CLOUDHSM' | 'EXTERNAL_KEY_STORE';
export type KeyManager = 'CUSTOMER' | 'AWS';

export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** The automatic rotation of a symmetric encryption key. */
export interface RotationSchedule {
  readonly enabled: boolean;
  /** 90 to 2,560 */
  readonly periodInDays: number;
  /** The clock of the schedule: set when it is enabled or the period changes, and by each automatic rotation. */
  readonly countedFrom: Instant;
}

/** The role of one Regional copy of a multi-Region key. */
export interface MultiRegionRole {
  readonly primaryRegion: Region;
  /** Regions of all replicas, sorted; the same on every copy. */
  readonly replicaRegions: readonly Region[];
}

/** The custom key store that the material of a key lives in, as the store is when the key is read. */
export interface KeyStoreOfKey {
  readonly id: CustomKeyStoreId;
  /** Is the store CONNECTED? Not a fact of the key: the store alone changes it. */
  readonly connected: boolean;
  /** The cluster of the store, for keys of origin AWS_CLOUDHSM; the store alone changes it. */
  readonly cloudHsmClusterId?: string;
  /** The id in the external key manager, for keys of origin EXTERNAL_KEY_STORE; never changes. */
  readonly xksKeyId?: string;
}

/** Names one KMS key: a multi-Region key is one `KmsKey` in each of its Regions, all with the same id. */
export interface KeyName {
  readonly region: Region;
  readonly id: KeyId;
}

/** The logical key: identity, policy, state and the materials behind it. */
export interface KmsKey extends Tenancy, KeyName {
  readonly spec: KeySpec;
  readonly usage: KeyUsage;
  readonly origin: Origin;
  readonly manager: KeyManager;
  readonly description: string;
  readonly createdAt: Instant;
  readonly state: KeyState;
  /** Oldest first. */
  readonly materials: readonly KeyMaterial[];
  /** The id DescribeKey names; stays after imported material was deleted, absent before the first import. */
  readonly currentMaterialId?: KeyMaterialId;
  readonly rotation?: RotationSchedule;
  /** On-demand rotations so far, 0 to the limit (25). */
  readonly onDemandRotations: number;
  readonly multiRegion?: MultiRegionRole;
  /** Exactly for the origins AWS_CLOUDHSM and EXTERNAL_KEY_STORE. */
  readonly keyStore?: KeyStoreOfKey;
  /** The key policy, byte for byte as it was put. */
  readonly policy: string;
  /** When the key policy was put; absent: with the key. */
  readonly policySetAt?: Instant;
  readonly tags: readonly Tag[];
  /** Counts changes; two copies with the same version are the same. */
  readonly version: number;
}

export function arnOf(key: Tenancy & KeyName): KeyArn {
  return keyArn(key, key.id);
}

export function currentMaterial(key: KmsKey): KeyMaterial | undefined {
  return key.materials.find((material) => material.id === key.currentMaterialId);
}

/** Materials that ciphertexts may depend on: losing any one of them makes the whole key wait for import. */
function isRequired(material: KeyMaterial): boolean {
  return material.state === 'CURRENT' || material.state === 'NON_CURRENT';
}

/**
 * The state at an instant. Imported material stops counting at its expiry and a key is gone at the end of its deletion
 * window, whether the scheduler has come by or not. A key that never had material waits for its first import, also
 * after its deletion was cancelled. A key in a custom key store is unavailable while its store is not connected, and
 * comes back as it was.
 *
 * @returns undefined when the deletion window has ended
 */
export function stateAt(key: KmsKey, now: Instant): KeyState | undefined {
  if (key.state.kind === 'PendingDeletion') return now < key.state.deletionDate ? key.state : undefined;
  if (key.keyStore?.connected === false) return unavailable;
  const holdsMaterial = key.state.kind === 'Enabled' || key.state.kind === 'Disabled';
  if (!holdsMaterial || key.origin !== 'EXTERNAL') return key.state;
  const missing = key.materials.some((material) => isRequired(material) && !isPresent(material, now));
  return missing || currentMaterial(key) === undefined ? pendingImport : key.state;
}

export function isPrimary(key: KmsKey): boolean {
  return key.multiRegion?.primaryRegion === key.region;
}

export function isReplica(key: KmsKey): boolean {
  return key.multiRegion !== undefined && key.multiRegion.primaryRegion !== key.region;
}
