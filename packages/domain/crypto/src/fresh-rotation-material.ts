import type { Instant, Region } from '@keywarden/kernel';
import type { KeyMaterial, KmsKey } from '@keywarden/keys';
import type { MaterialFactory } from './ports';

/** One new material for a rotation, wrapped for every Region that has a copy of the key. */
export async function freshRotationMaterial(
  materials: MaterialFactory,
  key: KmsKey,
  now: Instant,
): Promise<ReadonlyMap<Region, KeyMaterial>> {
  const owner = { account: key.account, region: key.region, keyId: key.id, spec: key.spec };
  const made = await materials.generate(owner);
  const from = { ...owner, materialId: made.id };
  const { primaryRegion = key.region, replicaRegions = [] } = key.multiRegion ?? {};
  const fresh = new Map<Region, KeyMaterial>();
  for (const region of [primaryRegion, ...replicaRegions]) {
    const home = region === key.region;
    const wrapped = home ? made.wrapped : await materials.rewrap(made.wrapped, from, { ...from, region });
    fresh.set(region, { id: made.id, wrapped, state: 'CURRENT', createdAt: now });
  }
  return fresh;
}
