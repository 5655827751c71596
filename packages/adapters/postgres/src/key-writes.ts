import { aliasOfKey } from '@keywarden/events';
import type { Clock } from '@keywarden/kernel';
import { type Change, type KeyMaterial, type KmsKey, nextWarning } from '@keywarden/keys';
import { type AliasRow, aliasOf } from './alias-row';
import { changingValues, lastingValues } from './key-row';
import {
  deleteAliasesOfKey,
  deleteKey,
  deleteMaterials,
  insertKey,
  recordOrphan,
  updateKey,
  upsertMaterials,
} from './key-statements';
import { materialColumns, sameMaterial } from './material-row';
import type { PostgresEventLog } from './postgres-event-log';
import type { Queries } from './statement';

/** Writes keys that are held, and records with each what happened to it: no change of a key goes another way. */
export class KeyWrites {
  readonly #events: PostgresEventLog;
  readonly #clock: Clock;
  readonly #warningDays: readonly number[];

  constructor(events: PostgresEventLog, clock: Clock, warningDays: readonly number[]) {
    this.#events = events;
    this.#clock = clock;
    this.#warningDays = warningDays;
  }

  /** Writes a key that is not there yet, with its materials. */
  async insert(queries: Queries, key: KmsKey): Promise<void> {
    const warning = nextWarning(key, this.#clock.now(), this.#warningDays) ?? null;
    await queries.query(insertKey, [...lastingValues(key), ...changingValues(key), warning]);
    await writeMaterials(queries, key, []);
    await this.#events.keyChanged(queries, undefined, key);
  }

  /**
   * Writes what changed between two versions of a key.
   *
   * @throws Error when the stored version is not the one before `after`
   */
  async update(queries: Queries, before: KmsKey, after: KmsKey): Promise<void> {
    const now = this.#clock.now();
    const warning = nextWarning(after, now, this.#warningDays) ?? null;
    const values = [after.region, after.id, ...changingValues(after), warning, now];
    const { count } = await queries.query(updateKey, values);
    if (count !== 1) throw new Error('a KMS key changed while it was held');
    await writeMaterials(queries, after, before.materials);
    await this.#events.keyChanged(queries, before, after);
  }

  /** Deletes a key and all that hangs on it. @returns what must be announced */
  async remove(queries: Queries, key: KmsKey): Promise<readonly Change[]> {
    const { account, region, id } = key;
    const { rows } = await queries.query<AliasRow>(deleteAliasesOfKey, [account, region, id]);
    await queries.query(recordOrphan, [region, id]);
    await queries.query(deleteKey, [region, id]);
    const aliases = rows.map(aliasOf);
    await this.#events.happened(queries, ...aliases.map((alias) => aliasOfKey('AliasDeleted', alias)));
    await this.#events.keyChanged(queries, key, undefined);
    return [
      { kind: 'key', name: { region, id } },
      ...aliases.map((alias): Change => ({ kind: 'alias', tenancy: { account, region }, alias: alias.name })),
    ];
  }
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
