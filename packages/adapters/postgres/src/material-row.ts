import { instant } from '@keywarden/kernel';
import type { KeyMaterial, KeyMaterialState, WrappedMaterial } from '@keywarden/keys';
import { parseKeyMaterialId } from '@keywarden/keys';
import { corrupt } from './corrupt-row';

/** One element of the JSON array in which the materials of a key are read; bytes are hexadecimal. */
export interface MaterialRow {
  readonly material_id: string;
  readonly state: string;
  readonly wrapped: string | null;
  readonly public_key: string | null;
  readonly created_at: number;
  readonly imported: boolean;
  readonly valid_to: number | null;
  readonly import_description: string | null;
  readonly rotated_at: number | null;
  readonly rotation_type: 'AUTOMATIC' | 'ON_DEMAND' | null;
}

/** Selects the materials of the key `k`, oldest first, as a JSON array of `MaterialRow`. */
export const materialsOfKey = `(
  SELECT coalesce(json_agg(json_build_object(
    'material_id', m.material_id, 'state', m.state, 'wrapped', encode(m.wrapped, 'hex'),
    'public_key', encode(m.public_key, 'hex'), 'created_at', m.created_at, 'imported', m.imported,
    'valid_to', m.valid_to, 'import_description', m.import_description, 'rotated_at', m.rotated_at,
    'rotation_type', m.rotation_type) ORDER BY m.position), '[]')
  FROM key_materials m WHERE m.region = k.region AND m.key_id = k.key_id)`;

export function materialOf(row: MaterialRow): KeyMaterial {
  const id = parseKeyMaterialId(row.material_id) ?? corrupt('material_id');
  return {
    id,
    state: row.state as KeyMaterialState,
    wrapped: bytesOf(row.wrapped) as WrappedMaterial | undefined,
    publicKey: bytesOf(row.public_key),
    createdAt: instant(row.created_at),
    imported: row.imported
      ? {
          validTo: row.valid_to === null ? undefined : instant(row.valid_to),
          description: row.import_description ?? undefined,
        }
      : undefined,
    rotation:
      row.rotated_at === null || row.rotation_type === null
        ? undefined
        : { at: instant(row.rotated_at), type: row.rotation_type },
  };
}

/** A copy of its own: Buffer.from may hand out a piece of a shared pool. */
function bytesOf(hex: string | null): Uint8Array | undefined {
  return hex === null ? undefined : Uint8Array.from(Buffer.from(hex, 'hex'));
}

/** The values of `upsertMaterials` besides the name of the key: one array a column. */
export function materialColumns(
  materials: readonly { readonly material: KeyMaterial; readonly position: number }[],
): readonly unknown[] {
  const column = (value: (material: KeyMaterial) => unknown): unknown[] =>
    materials.map(({ material }) => value(material) ?? null);
  return [
    column(({ id }) => id),
    materials.map(({ position }) => position),
    column(({ state }) => state),
    column(({ wrapped }) => wrapped && Buffer.from(wrapped)),
    column(({ publicKey }) => publicKey && Buffer.from(publicKey)),
    column(({ createdAt }) => createdAt),
    column(({ imported }) => imported !== undefined),
    column(({ imported }) => imported?.validTo),
    column(({ imported }) => imported?.description),
    column(({ rotation }) => rotation?.at),
    column(({ rotation }) => rotation?.type),
  ];
}

/** Do both rows say the same? Bytes are compared by content. */
export function sameMaterial(left: KeyMaterial, right: KeyMaterial): boolean {
  const [one, other] = [left, right].map((material) => JSON.stringify(materialColumns([{ material, position: 0 }])));
  return one === other;
}
