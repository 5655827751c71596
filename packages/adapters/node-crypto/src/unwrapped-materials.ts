import { type KeyObject, createPrivateKey, createSecretKey } from 'node:crypto';
import { type MaterialCache, type MaterialPlace, materialBinding } from '@keywarden/crypto';
import type { SecretBytes } from '@keywarden/kernel';
import { type KeyMaterial, type KeySpec, type KmsKey, specOf } from '@keywarden/keys';
import { BoundedCache, type CacheBounds } from './bounded-cache';
import { Coalesced } from './coalesced';
import type { DomainKeys } from './domain-keys';

/** A stored material does not unwrap for the key it is stored at: damaged, or copied from another key. */
export class MaterialUnusableError extends Error {
  override readonly name = 'MaterialUnusableError';
}

export interface UnwrappedMaterialsOptions {
  /** By default 10,000 materials for 5 minutes. */
  readonly cache?: CacheBounds;
  /** Milliseconds of a clock that never goes back. */
  readonly monotonicNow?: () => number;
}

/** Unwrapped materials as KeyObjects, outside the JavaScript heap; bounded, and loaded once however many ask. */
export class UnwrappedMaterials implements MaterialCache {
  readonly #domainKeys: DomainKeys;
  readonly #cache: BoundedCache<KeyObject>;
  readonly #loads = new Coalesced<KeyObject>();
  #generation = 0;
  #hits = 0;
  #misses = 0;

  constructor(domainKeys: DomainKeys, options: UnwrappedMaterialsOptions = {}) {
    this.#domainKeys = domainKeys;
    const now = options.monotonicNow ?? (() => performance.now());
    this.#cache = new BoundedCache(options.cache ?? { maxEntries: 10_000, maxAgeMs: 300_000 }, now, keyNameIn);
  }

  /** How often a material was in memory since the start, and how many are now. */
  get counts(): { readonly hits: number; readonly misses: number; readonly entries: number } {
    return { hits: this.#hits, misses: this.#misses, entries: this.#cache.size };
  }

  /** The material when it is in memory. Synchronous, so that a warm key waits for nothing. */
  warm(key: KmsKey, material: KeyMaterial): KeyObject | undefined {
    const warm = this.#cache.get(nameOf(key, material));
    if (warm !== undefined) this.#hits += 1;
    return warm;
  }

  /**
   * @param material of this very key, and present
   * @throws MaterialUnusableError
   */
  get(key: KmsKey, material: KeyMaterial): Promise<KeyObject> {
    const name = nameOf(key, material);
    const warm = this.#cache.get(name);
    if (warm !== undefined) {
      this.#hits += 1;
      return Promise.resolve(warm);
    }
    this.#misses += 1;
    return this.#loads.run(name, async () => {
      const generation = this.#generation;
      const unwrapped = await this.#unwrap(key, material);
      // What was forgotten while it loaded serves those who asked before, and is not kept.
      if (generation === this.#generation) this.#cache.set(name, unwrapped);
      return unwrapped;
    });
  }

  forget(key: Pick<KmsKey, 'region' | 'id'>): void {
    this.#generation += 1;
    this.#cache.deleteGroup(keyNameOf(key));
    this.#loads.clear();
  }

  clear(): void {
    this.#generation += 1;
    this.#cache.clear();
    this.#loads.clear();
  }

  async #unwrap(key: KmsKey, material: KeyMaterial): Promise<KeyObject> {
    using bytes = await unwrapMaterial(this.#domainKeys, placeOf(key, material), material.wrapped);
    return toKeyObject(key.spec, bytes);
  }
}

/** @throws MaterialUnusableError unless these bytes were wrapped for this place */
export async function unwrapMaterial(
  domainKeys: DomainKeys,
  place: MaterialPlace,
  wrapped: Uint8Array | undefined,
): Promise<SecretBytes> {
  const bytes = wrapped && (await domainKeys.open(place, materialBinding(place), wrapped));
  if (bytes === undefined) {
    throw new MaterialUnusableError(`material ${place.materialId} does not unwrap for ${place.region}/${place.keyId}`);
  }
  return bytes;
}

/** Secret key for symmetric and HMAC specs; private key from PKCS#8 DER for the others. */
export function toKeyObject(spec: KeySpec, material: SecretBytes): KeyObject {
  const asymmetric = specOf(spec).family === 'asymmetric';
  return material.expose((bytes) =>
    asymmetric
      ? createPrivateKey({
          key: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
          format: 'der',
          type: 'pkcs8',
        })
      : createSecretKey(bytes),
  );
}

export function placeOf(key: KmsKey, material: KeyMaterial): MaterialPlace {
  return { account: key.account, region: key.region, keyId: key.id, spec: key.spec, materialId: material.id };
}

function keyNameOf(key: Pick<KmsKey, 'region' | 'id'>): string {
  return `${key.region}/${key.id}`;
}

/** The key in the name of one of its materials. */
function keyNameIn(name: string): string {
  return name.slice(0, name.lastIndexOf('/'));
}

function nameOf(key: KmsKey, material: KeyMaterial): string {
  return `${keyNameOf(key)}/${material.id}`;
}
