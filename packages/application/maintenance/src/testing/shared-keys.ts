import type { MaterialFactory } from '@keywarden/crypto';
import { type Instant, accept, instant, refuse } from '@keywarden/kernel';
import {
  type FamilyChange,
  type KeyMaterialId,
  type KeyName,
  type KeyRepository,
  type KmsKey,
  type WrappedMaterial,
  keyNotFound,
  nextDue,
} from '@keywarden/keys';
import type { ClaimedKey, DueBacklog, DueKeys } from '../due-keys';

const rowOf = ({ region, id }: KeyName): string => `${region}/${id}`;

/** Keys in memory that several schedulers share: claims, and decisions that run one at a time. */
export class SharedKeys implements DueKeys {
  readonly rows = new Map<string, KmsKey>();
  readonly claims = new Map<string, Instant>();
  readonly failures = new Map<string, number>();
  /** The ids of keys that were settled, oldest first. */
  readonly settled: string[] = [];
  /** What was stored or removed, oldest first. */
  readonly changes: FamilyChange[] = [];
  differenceMs = 0;
  /** The work on these keys fails, as if the store refused them. */
  readonly broken = new Set<string>();

  constructor(...keys: readonly KmsKey[]) {
    for (const key of keys) this.rows.set(rowOf(key), key);
  }

  at(name: KeyName): KmsKey | undefined {
    return this.rows.get(rowOf(name));
  }

  async claim(now: Instant, leaseMs: number, limit: number): Promise<readonly ClaimedKey[]> {
    const due = [...this.rows.values()].filter(
      (key) => (nextDue(key) ?? Infinity) <= now && (this.claims.get(rowOf(key)) ?? 0) <= now,
    );
    const claimed = due.slice(0, limit);
    for (const key of claimed) this.claims.set(rowOf(key), instant(now + leaseMs));
    return claimed.map((key) => ({ ...key, failures: this.failures.get(rowOf(key)) ?? 0 }));
  }

  async backOff(name: KeyName, until: Instant): Promise<void> {
    this.claims.set(rowOf(name), until);
    this.failures.set(rowOf(name), (this.failures.get(rowOf(name)) ?? 0) + 1);
  }

  async settle(name: KeyName): Promise<number> {
    this.settled.push(name.id);
    return 0;
  }

  async backlog(): Promise<DueBacklog> {
    return { due: 0, failing: 0 };
  }

  async clockDifference(): Promise<number> {
    return this.differenceMs;
  }

  readonly keys: Pick<KeyRepository, 'find' | 'updateFamily'> = {
    find: async (name) => this.at(name),

    updateFamily: async (name, decide) => {
      if (this.broken.has(rowOf(name))) throw new Error(`the row of ${name.id} cannot be written`);
      const copies = [...this.rows.values()].filter(({ id, account }) => id === name.id && account === name.account);
      if (!copies.some(({ region }) => region === name.region)) return refuse(keyNotFound(name));
      const decided = decide(copies);
      if (!decided.ok) return decided;
      for (const key of decided.value.put) this.rows.set(rowOf(key), key);
      for (const gone of decided.value.remove) this.rows.delete(rowOf(gone));
      this.changes.push(decided.value);
      return accept(decided.value);
    },
  };
}

/** Materials whose "wrapping" names the Region they are for and their number. */
export class NumberedMaterials implements Pick<MaterialFactory, 'generate' | 'rewrap'> {
  #made = 0;

  async generate({ region }: { readonly region: string }): Promise<{ id: KeyMaterialId; wrapped: WrappedMaterial }> {
    this.#made += 1;
    const id = this.#made.toString(16).padStart(64, 'f') as KeyMaterialId;
    return { id, wrapped: wrappedFor(region, id) };
  }

  async rewrap(
    material: WrappedMaterial,
    from: { readonly region: string; readonly materialId: KeyMaterialId },
    to: { readonly region: string; readonly materialId: KeyMaterialId },
  ): Promise<WrappedMaterial> {
    if (shownWrapping(material) !== shownWrapping(wrappedFor(from.region, from.materialId))) {
      throw new Error('not wrapped for that place');
    }
    return wrappedFor(to.region, to.materialId);
  }
}

function wrappedFor(region: string, id: KeyMaterialId): WrappedMaterial {
  return Uint8Array.from(Buffer.from(`${region} ${id}`)) as WrappedMaterial;
}

/** The Region and material id that a wrapping of {@link NumberedMaterials} is for. */
export function shownWrapping(material: WrappedMaterial | undefined): string | undefined {
  return material === undefined ? undefined : Buffer.from(material).toString();
}
