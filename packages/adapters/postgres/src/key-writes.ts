import { type Tenancy, parseAliasName } from '@keywarden/kernel';
import { type Change, type KeyMaterial, type KeyName, type KmsKey } from '@keywarden/keys';
import { corrupt } from './corrupt-row';
import { changingValues, lastingValues } from './key-row';
import {
  deleteAliasesOfKey,
  deleteKey,
  deleteMaterials,
  insertKey,
  updateKey,
  upsertMaterials,
} from './key-statements';
import { materialColumns, sameMaterial } from './material-row';
import type { Queries } from './statement';

/** Writes a key that is not there yet, with its materials. */
export async function writeNewKey(queries: Queries, key: KmsKey): Promise<void> {
  await queries.query(insertKey, [...lastingValues(key), ...changingValues(key)]);
  await writeMaterials(queries, key, []);
}

/**
 * Writes what changed between two versions of a key.
 *
 * @throws Error when the stored version is not the one before `after`
 */
export async function writeChangedKey(queries: Queries, before: KmsKey, after: KmsKey): Promise<void> {
  const { count } = await queries.query(updateKey, [after.region, after.id, ...changingValues(after)]);
  if (count !== 1) throw new Error('a KMS key changed while it was held');
  await writeMaterials(queries, after, before.materials);
}

/** Deletes a key and all that hangs on it. @returns what must be announced */
export async function deleteWholeKey(queries: Queries, name: Tenancy & KeyName): Promise<readonly Change[]> {
  const { account, region, id } = name;
  const { rows } = await queries.query<{ readonly name: string }>(deleteAliasesOfKey, [account, region, id]);
  await queries.query(deleteKey, [region, id]);
  const aliases = rows.map((row) => parseAliasName(row.name) ?? corrupt('name'));
  return [
    { kind: 'key', name: { region, id } },
    ...aliases.map((alias): Change => ({ kind: 'alias', tenancy: { account, region }, alias })),
  ];
}

/** A material whose bytes are gone is really overwritten with null, and one that is no longer there is deleted. */
async function writeMaterials(queries: Queries, key: KmsKey, before: readonly KeyMaterial[]): Promise<void> {
  const kept = new Set(key.materials.map(({ id }) => id));
  const removed = before.map(({ id }) => id).filter((id) => !kept.has(id));
  if (removed.length > 0) await queries.query(deleteMaterials, [key.region, key.id, removed]);
  const changed = key.materials
    .map((material, position) => ({ material, position }))
    .filter(({ material, position }) => !isStored(material, position, before))
    .sort((left, right) => Number(isCurrent(left)) - Number(isCurrent(right)));
  if (changed.length > 0) await queries.query(upsertMaterials, [key.region, key.id, ...materialColumns(changed)]);
}

function isStored(material: KeyMaterial, position: number, before: readonly KeyMaterial[]): boolean {
  const stored = before[position];
  return stored !== undefined && stored.id === material.id && sameMaterial(stored, material);
}

function isCurrent({ material }: { readonly material: KeyMaterial }): boolean {
  return material.state === 'CURRENT';
}
