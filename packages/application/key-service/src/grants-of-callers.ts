import type { GrantSelection } from '@keywarden/authorization';
import type { Caller } from '@keywarden/identity';
import type { KmsKey } from '@keywarden/keys';

interface Held {
  readonly key: KmsKey;
  readonly grants: Promise<GrantSelection>;
  /** Grants in it, and one for the entry. */
  weight: number;
}

/**
 * The grants of callers on keys, as long as the node holds the key itself. Every grant that comes or goes is announced
 * as a change of its key, so what was read along with a key is dropped with it: what is held belongs to that very
 * reading of the key, which is why keys compare by identity here.
 */
export class GrantsOfCallers {
  readonly #held = new Map<string, Held>();
  #weight = 0;

  /** @param capacity grants held at most; one caller's grants on one key are held even if they are more */
  constructor(
    private readonly read: (key: KmsKey, caller: Caller) => Promise<GrantSelection>,
    private readonly capacity: number,
  ) {}

  async of(key: KmsKey, caller: Caller): Promise<GrantSelection> {
    const slot = `${key.region}/${key.id} ${caller.arn} ${caller.roleArn ?? ''}`;
    const held = this.#held.get(slot);
    if (held?.key === key) {
      this.#held.delete(slot);
      this.#held.set(slot, held);
      return held.grants;
    }
    return this.#readInto(slot, key, caller);
  }

  async #readInto(slot: string, key: KmsKey, caller: Caller): Promise<GrantSelection> {
    this.#drop(slot);
    const entry: Held = { key, grants: this.read(key, caller), weight: 1 };
    this.#held.set(slot, entry);
    this.#weight += entry.weight;
    this.#makeRoom(slot);
    try {
      const grants = await entry.grants;
      if (this.#held.get(slot) === entry) {
        this.#weight += grants.all.length;
        entry.weight += grants.all.length;
        this.#makeRoom(slot);
      }
      return grants;
    } catch (fault) {
      if (this.#held.get(slot) === entry) this.#drop(slot);
      throw fault;
    }
  }

  /** Drops what was used longest ago, but not the entry that is being filled. */
  #makeRoom(keep: string): void {
    for (const slot of this.#held.keys()) {
      if (this.#weight <= this.capacity) return;
      if (slot !== keep) this.#drop(slot);
    }
  }

  #drop(slot: string): void {
    this.#weight -= this.#held.get(slot)?.weight ?? 0;
    this.#held.delete(slot);
  }
}
