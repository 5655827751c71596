import { type KeyObject, createPublicKey } from 'node:crypto';
import type { Clock } from '@keywarden/kernel';
import { type KmsKey, isPresent } from '@keywarden/keys';
import type { UnwrappedMaterials } from './unwrapped-materials';

const publicHalves = new WeakMap<KeyObject, KeyObject>();

/** The unwrapped material of keys that have only one: asymmetric and HMAC keys. */
export class KeyAccess {
  readonly #materials: UnwrappedMaterials;
  readonly #clock: Clock;

  constructor(materials: UnwrappedMaterials, clock: Clock) {
    this.#materials = materials;
    this.#clock = clock;
  }

  /** @throws Error when the key has no material that is present: the use case checks that before */
  async secret(key: KmsKey): Promise<KeyObject> {
    const material = key.materials.find(({ state }) => state === 'CURRENT');
    if (material === undefined || !isPresent(material, this.#clock.now())) {
      throw new Error(`key ${key.id} has no material to work with`);
    }
    return this.#materials.warm(key, material) ?? (await this.#materials.get(key, material));
  }

  /**
   * The public half, computed from the unwrapped private key: the one that is stored beside it is not authenticated, and
   * must not decide what is encrypted to whom.
   */
  async public(key: KmsKey): Promise<KeyObject> {
    const secret = await this.secret(key);
    const known = publicHalves.get(secret);
    if (known !== undefined) return known;
    const made = createPublicKey(secret);
    publicHalves.set(secret, made);
    return made;
  }
}
