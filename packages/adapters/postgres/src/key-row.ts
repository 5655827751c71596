import {
  type Region,
  type Tenancy,
  instant,
  parseAccountId,
  parseCustomKeyStoreId,
  parseKeyId,
  parseRegion,
} from '@keywarden/kernel';
import {
  type KeyManager,
  type KeyState,
  type KeyStoreOfKey,
  type KeyUsage,
  type KmsKey,
  type MultiRegionRole,
  type Origin,
  type RotationSchedule,
  type Tag,
  isKeySpec,
  nextDue,
  parseKeyMaterialId,
} from '@keywarden/keys';
import { corrupt } from './corrupt-row';
import { type MaterialRow, materialOf, materialsOfKey } from './material-row';

/** A row of `kms_keys` with its materials, as `keyColumns` selects it. */
export interface KeyRow {
  readonly region: string;
  readonly key_id: string;
  readonly account_id: string;
  readonly spec: string;
  readonly usage: string;
  readonly origin: string;
  readonly manager: string;
  readonly description: string;
  readonly created_at: number;
  readonly state: KeyState['kind'];
  readonly deletion_date: number | null;
  readonly deletion_window_days: number | null;
  readonly current_material_id: string | null;
  readonly rotation_enabled: boolean | null;
  readonly rotation_period_days: number | null;
  readonly rotation_counted_from: number | null;
  readonly on_demand_rotations: number;
  readonly primary_region: string | null;
  readonly replica_regions: readonly string[] | null;
  readonly policy: string;
  readonly policy_set_at: number | null;
  readonly tags: readonly Tag[];
  readonly version: number;
  readonly xks_key_id: string | null;
  readonly key_store: { readonly id: string; readonly connected: boolean; readonly cluster: string | null } | null;
  readonly materials: readonly MaterialRow[];
}

/** Of the table `kms_keys k`. */
export const keyColumns = `k.region, k.key_id, k.account_id, k.spec, k.usage, k.origin, k.manager, k.description,
  k.created_at, k.state, k.deletion_date, k.deletion_window_days, k.current_material_id, k.rotation_enabled,
  k.rotation_period_days, k.rotation_counted_from, k.on_demand_rotations, k.primary_region, k.replica_regions,
  k.policy, k.policy_set_at, k.tags, k.version, k.xks_key_id, ${materialsOfKey} AS materials,
  (SELECT json_build_object('id', s.id, 'connected', s.connection_state = 'CONNECTED', 'cluster', s.cluster_id)
     FROM custom_key_stores s WHERE s.id = k.custom_key_store_id) AS key_store`;

/** @throws Error when the row holds something this release cannot read */
export function keyOf(row: KeyRow): KmsKey {
  return {
    ...tenancyOf(row),
    id: parseKeyId(row.key_id) ?? corrupt('key_id'),
    spec: isKeySpec(row.spec) ? row.spec : corrupt('spec'),
    usage: row.usage as KeyUsage,
    origin: row.origin as Origin,
    manager: row.manager as KeyManager,
    description: row.description,
    createdAt: instant(row.created_at),
    state: stateOf(row),
    materials: row.materials.map(materialOf),
    currentMaterialId:
      row.current_material_id === null
        ? undefined
        : (parseKeyMaterialId(row.current_material_id) ?? corrupt('current_material_id')),
    rotation: rotationOf(row),
    onDemandRotations: row.on_demand_rotations,
    multiRegion: multiRegionOf(row),
    keyStore: keyStoreOf(row),
    policy: row.policy,
    ...(row.policy_set_at !== null && { policySetAt: instant(row.policy_set_at) }),
    tags: row.tags,
    version: row.version,
  };
}

export function tenancyOf(row: { readonly account_id: string; readonly region: string }): Tenancy {
  return { account: parseAccountId(row.account_id) ?? corrupt('account_id'), region: regionOf(row.region) };
}

export function regionOf(text: string): Region {
  return parseRegion(text) ?? corrupt('region');
}

function stateOf({ state, deletion_date, deletion_window_days }: KeyRow): KeyState {
  switch (state) {
    case 'PendingDeletion':
      return { kind: state, deletionDate: instant(deletion_date ?? corrupt('deletion_date')) };
    case 'PendingReplicaDeletion':
      return { kind: state, windowInDays: deletion_window_days ?? corrupt('deletion_window_days') };
    default:
      return { kind: state };
  }
}

function rotationOf(row: KeyRow): RotationSchedule | undefined {
  const { rotation_enabled: enabled, rotation_period_days: periodInDays, rotation_counted_from: countedFrom } = row;
  if (enabled === null || periodInDays === null || countedFrom === null) return undefined;
  return { enabled, periodInDays, countedFrom: instant(countedFrom) };
}

function multiRegionOf({ primary_region, replica_regions }: KeyRow): MultiRegionRole | undefined {
  if (primary_region === null || replica_regions === null) return undefined;
  return { primaryRegion: regionOf(primary_region), replicaRegions: replica_regions.map(regionOf) };
}

function keyStoreOf({ key_store: store, xks_key_id: xksKeyId }: KeyRow): KeyStoreOfKey | undefined {
  if (store === null) return undefined;
  return {
    id: parseCustomKeyStoreId(store.id) ?? corrupt('custom_key_store_id'),
    connected: store.connected,
    ...(store.cluster !== null && { cloudHsmClusterId: store.cluster }),
    ...(xksKeyId !== null && { xksKeyId }),
  };
}

/** What never changes in the life of a key, in the order `insertKey` takes it. */
export function lastingValues(key: KmsKey): readonly unknown[] {
  const { region, id, account, spec, usage, origin, manager, createdAt, keyStore } = key;
  const store = [keyStore?.id ?? null, keyStore?.xksKeyId ?? null];
  return [region, id, account, spec, usage, origin, manager, createdAt, ...store];
}

/** The rest, in the order `insertKey` and `updateKey` take it. */
export function changingValues(key: KmsKey): readonly unknown[] {
  const { state, rotation, multiRegion } = key;
  return [
    JSON.stringify(key.description),
    state.kind,
    state.kind === 'PendingDeletion' ? state.deletionDate : null,
    state.kind === 'PendingReplicaDeletion' ? state.windowInDays : null,
    key.currentMaterialId ?? null,
    rotation?.enabled ?? null,
    rotation?.periodInDays ?? null,
    rotation?.countedFrom ?? null,
    key.onDemandRotations,
    multiRegion?.primaryRegion ?? null,
    multiRegion?.replicaRegions ?? null,
    key.policy,
    JSON.stringify(key.tags.map(({ key: name, value }) => ({ key: name, value }))),
    key.version,
    nextDue(key) ?? null,
    key.policySetAt ?? null,
  ];
}
