import { type Instant, type KeyId, type Result, type Tenancy, accept, refuse } from '@keywarden/kernel';
import type { KeyMaterial } from './key-material';
import { type KeySpec, type KeyUsage, allowsUsage, specOf } from './key-specs';
import { enabled, pendingImport } from './key-state';
import type { KeyManager, KeyStoreOfKey, KmsKey, Origin, Tag } from './kms-key';
import type { CreateKeyRefusal } from './refusals';

/** What a caller asks of CreateKey, with defaults filled in but not yet checked against each other. */
export interface NewKeyRequest {
  readonly spec: KeySpec;
  /** Absent when the caller gave none: fine for symmetric encryption keys alone. */
  readonly usage?: KeyUsage;
  readonly origin: Origin;
  readonly description: string;
  readonly policy: string;
  readonly tags: readonly Tag[];
  readonly multiRegion: boolean;
  readonly manager: KeyManager;
  /** For the origins AWS_CLOUDHSM and EXTERNAL_KEY_STORE. */
  readonly keyStore?: KeyStoreOfKey;
}

/** The plan of a key: what it will be, before its id and material exist. */
export interface KeyPlan extends Omit<NewKeyRequest, 'usage'> {
  readonly usage: KeyUsage;
}

/**
 * Checks spec, usage and origin against each other.
 *
 * @param offered whether this deployment offers the spec at all
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html
 */
export function planKey(
  request: NewKeyRequest,
  offered: (spec: KeySpec) => boolean,
): Result<KeyPlan, CreateKeyRefusal> {
  const { spec, origin } = request;
  if (!offered(spec)) return refuse({ code: 'KeySpecNotOffered', spec });
  const usage = request.usage ?? (spec === 'SYMMETRIC_DEFAULT' ? 'ENCRYPT_DECRYPT' : undefined);
  if (usage === undefined) return refuse({ code: 'KeyUsageMissing' });
  if (!allowsUsage(spec, usage)) return refuse({ code: 'KeyUsageNotOfSpec', usage, spec });
  if (isKeyStoreOrigin(origin)) {
    if (spec !== 'SYMMETRIC_DEFAULT') return refuse({ code: 'OriginNotOfSpec', origin, spec });
    if (request.multiRegion) return refuse({ code: 'OriginNotMultiRegion', origin });
  }
  if (origin === 'EXTERNAL' && !specOf(spec).importable) return refuse({ code: 'OriginNotOfSpec', origin, spec });
  return accept({ ...request, usage });
}

/** Keys of these origins live in custom key stores: symmetric encryption keys of one Region, with one material for ever. */
export function isKeyStoreOrigin(origin: Origin): origin is 'AWS_CLOUDHSM' | 'EXTERNAL_KEY_STORE' {
  return origin === 'AWS_CLOUDHSM' || origin === 'EXTERNAL_KEY_STORE';
}

/**
 * @param material the first material; absent for a key whose material is to be imported
 */
export function createKey(
  place: Tenancy & { readonly id: KeyId },
  plan: KeyPlan,
  material: KeyMaterial | undefined,
  now: Instant,
): KmsKey {
  const { multiRegion, ...facts } = plan;
  return {
    ...facts,
    account: place.account,
    region: place.region,
    id: place.id,
    createdAt: now,
    state: material === undefined ? pendingImport : enabled,
    materials: material === undefined ? [] : [material],
    currentMaterialId: material?.id,
    onDemandRotations: 0,
    multiRegion: multiRegion ? { primaryRegion: place.region, replicaRegions: [] } : undefined,
    version: 1,
  };
}
