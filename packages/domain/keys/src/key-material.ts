import type { Brand, Instant } from '@keywarden/kernel';

/** 64 lower-case hexadecimal digits. */
export type KeyMaterialId = Brand<string, 'KeyMaterialId'>;

const pattern = /^[0-9a-f]{64}$/;

export function parseKeyMaterialId(text: string): KeyMaterialId | undefined {
  return pattern.test(text) ? (text as KeyMaterialId) : undefined;
}

/** Key material as it is stored: wrapped under the domain key of its account and Region. Not secret, but not public either. */
export type WrappedMaterial = Brand<Uint8Array, 'WrappedMaterial'>;

export type KeyMaterialState =
  'CURRENT' | 'NON_CURRENT' | 'PENDING_ROTATION' | 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION';

export type ExpirationModel = 'KEY_MATERIAL_EXPIRES' | 'KEY_MATERIAL_DOES_NOT_EXPIRE';

/** What the importer said of imported material; absent for material that KMS generated. */
export interface ImportDetails {
  /** Absent when the material does not expire. */
  readonly validTo?: Instant;
  readonly description?: string;
}

/** The bytes behind a KMS key. A symmetric key has one more after each rotation; every other key has at most one. */
export interface KeyMaterial {
  readonly id: KeyMaterialId;
  readonly state: KeyMaterialState;
  /** Absent once imported material was deleted or has expired: metadata stays, bytes are gone. */
  readonly wrapped?: WrappedMaterial;
  /** SubjectPublicKeyInfo, DER; only for asymmetric specs. */
  readonly publicKey?: Uint8Array;
  readonly createdAt: Instant;
  readonly imported?: ImportDetails;
  /** When and how this material became current; absent for the first and for pending ones. */
  readonly rotation?: { readonly at: Instant; readonly type: 'AUTOMATIC' | 'ON_DEMAND' };
}

/** Is the material there and not expired at `now`? Expiry counts from the instant itself. */
export function isPresent(material: KeyMaterial, now: Instant): boolean {
  if (material.wrapped === undefined) return false;
  const validTo = material.imported?.validTo;
  return validTo === undefined || now < validTo;
}
