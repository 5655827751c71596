import { type Instant, type KeyId, type Result, accept, refuse } from '@keywarden/kernel';
import {
  type ExpirationModel,
  type KeyKindRefusal,
  type KeyMaterial,
  type KeyMaterialId,
  type KeyMaterialState,
  type KmsKey,
  arnOf,
  isPresent,
} from '@keywarden/keys';
import type { KeyDoor } from './key-door';
import { cutPage, decodeMarker, pageSize } from './marker';
import type { KeyDoorRefusal, ParameterRefusal } from './refusals';
import type { RequestContext } from './request-context';

export interface ListKeyRotations {
  readonly keyId: string;
  /** ROTATIONS_ONLY when absent; ALL_KEY_MATERIAL adds the first material and what waits for rotation */
  readonly includeKeyMaterial?: 'ALL_KEY_MATERIAL' | 'ROTATIONS_ONLY';
  /** 1 to 1,000 */
  readonly limit?: number;
  readonly marker?: string;
}

/** One material of a key; the members about import are there for imported keys alone. */
export interface RotationEntry {
  readonly keyId: KeyId;
  readonly keyMaterialId: KeyMaterialId;
  readonly keyMaterialDescription?: string;
  readonly importState?: 'IMPORTED' | 'PENDING_IMPORT';
  readonly keyMaterialState: KeyMaterialState;
  readonly expirationModel?: ExpirationModel;
  readonly validTo?: Instant;
  readonly rotationDate?: Instant;
  readonly rotationType?: 'AUTOMATIC' | 'ON_DEMAND';
}

export interface RotationList {
  readonly rotations: readonly RotationEntry[];
  readonly nextMarker?: string;
  readonly truncated: boolean;
}

/** Oldest first. @see https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeyRotations.html */
export class ListKeyRotationsHandler {
  constructor(private readonly door: KeyDoor) {}

  async handle(
    context: RequestContext,
    { keyId: given, includeKeyMaterial = 'ROTATIONS_ONLY', limit, marker }: ListKeyRotations,
  ): Promise<Result<RotationList, KeyDoorRefusal | KeyKindRefusal | ParameterRefusal>> {
    const opened = await this.door.open(context, {
      given,
      operation: 'ListKeyRotations',
      action: 'kms:ListKeyRotations',
      aliases: 'refused',
    });
    if (!opened.ok) return opened;
    const { key } = opened.value;
    const keyArn = arnOf(key);
    if (key.spec !== 'SYMMETRIC_DEFAULT') return refuse({ code: 'SpecNotValid', keyArn });
    if (key.origin !== 'AWS_KMS' && key.origin !== 'EXTERNAL') {
      return refuse({ code: 'OriginNotValid', keyArn, origin: key.origin });
    }
    const list = ['ListKeyRotations', key.id, includeKeyMaterial];
    const after = decodeMarker(list, marker);
    if (!after.ok) return after;
    const all = includeKeyMaterial === 'ALL_KEY_MATERIAL';
    const listed = all ? key.materials : key.materials.filter(({ rotation }) => rotation !== undefined);
    const from = after.value === undefined ? 0 : listed.findIndex(({ id }) => id === after.value) + 1;
    if (after.value !== undefined && from === 0) return refuse({ code: 'MarkerNotValid' });
    const size = pageSize(limit, 100, 1_000);
    const page = cutPage(list, listed.slice(from, from + size + 1), size, ({ id }) => id);
    return accept({
      rotations: page.items.map((material) => entryOf(key, material, context.now)),
      nextMarker: page.nextMarker,
      truncated: page.truncated,
    });
  }
}

function entryOf(key: KmsKey, material: KeyMaterial, now: Instant): RotationEntry {
  const { id, state, rotation } = material;
  return {
    keyId: key.id,
    keyMaterialId: id,
    keyMaterialState: state,
    ...(rotation && { rotationDate: rotation.at, rotationType: rotation.type }),
    ...(key.origin === 'EXTERNAL' && importFacts(material, now)),
  };
}

/** How long material is valid is told only while it is there. */
function importFacts(material: KeyMaterial, now: Instant): Partial<RotationEntry> {
  const { description, validTo } = material.imported ?? {};
  const described = description !== undefined && { keyMaterialDescription: description };
  if (!isPresent(material, now)) return { ...described, importState: 'PENDING_IMPORT' };
  return validTo === undefined
    ? { ...described, importState: 'IMPORTED', expirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }
    : { ...described, importState: 'IMPORTED', expirationModel: 'KEY_MATERIAL_EXPIRES', validTo };
}
