import { type Instant, type Region, type Result, accept, refuse } from '@keywarden/kernel';
import { type CommandRefusal, changeable } from './key-commands';
import type { KeyMaterial } from './key-material';
import { enabled, pendingImport } from './key-state';
import { type KmsKey, type Tag, arnOf, isPrimary, stateAt } from './kms-key';
import type { MultiRegionRefusal } from './refusals';

/** What a replica has of its own; nothing of it is copied from the primary. */
export interface ReplicaTerms {
  readonly region: Region;
  readonly description: string;
  readonly policy: string;
  readonly tags: readonly Tag[];
}

/** May this copy of a key be replicated to, or hand its role to, another Region? */
export function checkPrimary(
  operation: 'ReplicateKey' | 'UpdatePrimaryRegion',
  key: KmsKey,
  now: Instant,
): Result<KmsKey, CommandRefusal> {
  const allowed = changeable(operation, key, now);
  if (!allowed.ok || isPrimary(key)) return allowed;
  return refuse({
    code: key.multiRegion === undefined ? 'NotMultiRegion' : 'NotMultiRegionPrimary',
    keyArn: arnOf(key),
  });
}

/**
 * A new replica, still being created, and all copies as they are once it exists.
 *
 * @param materials the primary's materials wrapped for the new Region; for imported keys their metadata without bytes
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_ReplicateKey.html
 */
export function replicateKey(
  copies: readonly KmsKey[],
  primary: KmsKey,
  terms: ReplicaTerms,
  materials: readonly KeyMaterial[],
  now: Instant,
): Result<{ readonly replica: KmsKey; readonly copies: readonly KmsKey[] }, CommandRefusal | MultiRegionRefusal> {
  const allowed = checkPrimary('ReplicateKey', primary, now);
  if (!allowed.ok) return allowed;
  if (primary.multiRegion === undefined) return refuse({ code: 'NotMultiRegion', keyArn: arnOf(primary) });
  if (terms.region === primary.region) return refuse({ code: 'PrimaryInRegion', region: terms.region });
  if (copies.some(({ region }) => region === terms.region)) {
    return refuse({ code: 'ReplicaExists', keyArn: arnOf({ ...primary, region: terms.region }) });
  }
  const replicaRegions = [...primary.multiRegion.replicaRegions, terms.region].sort();
  const multiRegion = { ...primary.multiRegion, replicaRegions };
  const replica: KmsKey = {
    ...primary,
    ...terms,
    createdAt: now,
    // Its policy came with it, not with the primary.
    policySetAt: undefined,
    state: { kind: 'Creating' },
    materials,
    multiRegion,
    version: 1,
  };
  return accept({ replica, copies: [...copies.map((copy) => ({ ...copy, multiRegion })), replica] });
}

/** A replica that was being created becomes usable, or waits for its own import. */
export function finishReplica(key: KmsKey, now: Instant): KmsKey {
  if (key.state.kind !== 'Creating') return key;
  const ready = { ...key, state: enabled };
  return stateAt(ready, now)?.kind === 'Enabled' ? ready : { ...key, state: pendingImport };
}

/**
 * Swaps roles: the replica in `region` becomes the primary and the old primary a replica.
 *
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdatePrimaryRegion.html
 */
export function updatePrimaryRegion(
  copies: readonly KmsKey[],
  primary: KmsKey,
  region: Region,
  now: Instant,
): Result<readonly KmsKey[], CommandRefusal | MultiRegionRefusal> {
  const allowed = checkPrimary('UpdatePrimaryRegion', primary, now);
  if (!allowed.ok) return allowed;
  if (region === primary.region) return refuse({ code: 'AlreadyPrimary', keyArn: arnOf(primary) });
  const successor = copies.find((copy) => copy.region === region);
  if (successor === undefined) return refuse({ code: 'KeyNotFound', keyArn: arnOf({ ...primary, region }) });
  const ready = changeable('UpdatePrimaryRegion', successor, now);
  if (!ready.ok) return ready;
  const regions = copies.map((copy) => copy.region).filter((other) => other !== region);
  // Rotation belongs to the key and is kept on its primary: the successor takes the schedule over as it stands.
  const { rotation, onDemandRotations } = primary;
  const multiRegion = { primaryRegion: region, replicaRegions: regions.sort() };
  return accept(copies.map((copy) => ({ ...copy, rotation, onDemandRotations, multiRegion })));
}
