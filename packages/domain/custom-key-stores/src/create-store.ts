import { type CustomKeyStoreId, type Instant, type Result, type Tenancy, accept, refuse } from '@keywarden/kernel';
import { disconnected } from './connection';
import type { Backing, CustomKeyStore } from './custom-key-store';
import type { StoreCollision } from './refusals';

/** What a store will be, once its secret is wrapped. */
export interface StorePlan {
  readonly name: string;
  readonly backing: Backing;
}

/**
 * Do these settings get in the way of another store of the account and Region?
 *
 * @param related whether two clusters share a backup history: keys of one are keys of the other
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateCustomKeyStore.html
 */
export function checkCollisions(
  { name, backing }: StorePlan,
  others: readonly CustomKeyStore[],
  related: (cluster: string, other: string) => boolean,
): Result<void, StoreCollision> {
  if (others.some((other) => other.name === name)) return refuse({ code: 'CustomKeyStoreNameInUse', name });
  for (const { backing: other } of others) {
    const collision = collisionOf(backing, other, related);
    if (collision !== undefined) return refuse(collision);
  }
  return accept(undefined);
}

function collisionOf(
  one: Backing,
  other: Backing,
  related: (cluster: string, other: string) => boolean,
): StoreCollision | undefined {
  if (one.type === 'AWS_CLOUDHSM') {
    if (other.type !== 'AWS_CLOUDHSM') return undefined;
    const { clusterId } = one;
    const same = clusterId === other.clusterId || related(clusterId, other.clusterId);
    return same ? { code: 'CloudHsmClusterInUse', clusterId } : undefined;
  }
  if (other.type !== 'EXTERNAL_KEY_STORE') return undefined;
  const service = one.vpcEndpointServiceName;
  if (service !== undefined && service === other.vpcEndpointServiceName) {
    return { code: 'XksProxyVpcEndpointServiceInUse' };
  }
  if (hostOf(one.uriEndpoint) !== hostOf(other.uriEndpoint)) return undefined;
  if (one.uriPath === other.uriPath) return { code: 'XksProxyUriInUse' };
  const sharable = one.connectivity === 'PUBLIC_ENDPOINT' && other.connectivity === 'PUBLIC_ENDPOINT';
  return sharable ? undefined : { code: 'XksProxyUriEndpointInUse' };
}

/** Names of hosts are the same whatever their case. */
function hostOf(uriEndpoint: string): string {
  return uriEndpoint.toLowerCase();
}

/**
 * CreateCustomKeyStore asked a second time for the very store of a cluster that is still disconnected.
 *
 * @returns the store there is
 */
export function repeatedCreation(
  { name, backing }: StorePlan,
  existing: readonly CustomKeyStore[],
): CustomKeyStore | undefined {
  if (backing.type !== 'AWS_CLOUDHSM') return undefined;
  return existing.find(
    (store) =>
      store.name === name &&
      store.connection.state === 'DISCONNECTED' &&
      store.backing.type === 'AWS_CLOUDHSM' &&
      store.backing.clusterId === backing.clusterId &&
      store.backing.trustAnchorCertificate === backing.trustAnchorCertificate,
  );
}

/**
 * @param existing all stores of the account and Region
 * @param limit how many an account may have in a Region, of both types together
 */
export function createCustomKeyStore(
  place: Tenancy & { readonly id: CustomKeyStoreId },
  plan: StorePlan,
  wrappedSecret: Uint8Array,
  existing: readonly CustomKeyStore[],
  related: (cluster: string, other: string) => boolean,
  limit: number,
  now: Instant,
): Result<CustomKeyStore, StoreCollision> {
  const free = checkCollisions(plan, existing, related);
  if (!free.ok) return free;
  const current = existing.length;
  if (current >= limit) return refuse({ code: 'CustomKeyStoreQuotaReached', limit, current });
  const { account, region, id } = place;
  const { name, backing } = plan;
  return accept({
    account,
    region,
    id,
    name,
    backing,
    wrappedSecret,
    createdAt: now,
    connection: disconnected,
    version: 1,
  });
}
