import { type Instant, type Result, accept, refuse } from '@keywarden/kernel';
import { type StoreOperation, allowedWhile } from './change-store';
import { connectionAt } from './connection';
import { checkCollisions } from './create-store';
import type { Backing, CustomKeyStore, XksProxyConnectivity } from './custom-key-store';
import type { CustomKeyStoreInState, StoreCollision, StoreParameterRefusal } from './refusals';

/** What UpdateCustomKeyStore may change; what is absent stays. */
export interface StoreChanges {
  readonly name?: string;
  readonly clusterId?: string;
  readonly uriEndpoint?: string;
  readonly uriPath?: string;
  readonly connectivity?: XksProxyConnectivity;
  readonly vpcEndpointServiceName?: string;
  readonly vpcEndpointServiceOwner?: string;
  readonly accessKeyId?: string;
  /** A new KeyStorePassword or secret access key, wrapped. */
  readonly wrappedSecret?: Uint8Array;
}

const operation: StoreOperation = 'UpdateCustomKeyStore';
const ofCloudHsm = ['clusterId'] as const;
const ofProxy = [
  'uriEndpoint',
  'uriPath',
  'connectivity',
  'vpcEndpointServiceName',
  'vpcEndpointServiceOwner',
  'accessKeyId',
] as const;
/** An XKS proxy's path and credential change while it is in use, so that credentials can be rotated. */
const whileConnected: ReadonlySet<string> = new Set(['name', 'uriPath', 'accessKeyId']);

/**
 * The store as it shall be, before anything outside was asked.
 *
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateCustomKeyStore.html
 */
export function updateCustomKeyStore(
  store: CustomKeyStore,
  changes: StoreChanges,
  now: Instant,
): Result<CustomKeyStore, CustomKeyStoreInState | StoreParameterRefusal> {
  const given = Object.entries(changes).flatMap(([member, value]) => (value === undefined ? [] : [member]));
  if (given.length === 0) return refuse({ code: 'StoreNothingToUpdate' });
  const foreign = (store.backing.type === 'AWS_CLOUDHSM' ? ofProxy : ofCloudHsm).find(
    (member) => changes[member as keyof StoreChanges] !== undefined,
  );
  if (foreign !== undefined) return refuse({ code: 'StoreParameterNotOfType', parameter: foreign });
  const state = allowedNow(store, given, now);
  if (!state.ok) return state;
  const backing = changedBacking(store.backing, changes);
  if (!backing.ok) return backing;
  return accept({
    ...store,
    name: changes.name ?? store.name,
    backing: backing.value,
    wrappedSecret: changes.wrappedSecret ?? store.wrappedSecret,
  });
}

function allowedNow(
  store: CustomKeyStore,
  given: readonly string[],
  now: Instant,
): Result<unknown, CustomKeyStoreInState> {
  if (given.every((member) => member === 'name')) return accept(undefined);
  const { state } = connectionAt(store.connection, now);
  const rotating = store.backing.type === 'EXTERNAL_KEY_STORE' && state === 'CONNECTED';
  if (rotating && given.every((member) => whileConnected.has(member) || member === 'wrappedSecret')) {
    return accept(undefined);
  }
  return allowedWhile(operation, store, now);
}

function changedBacking(backing: Backing, changes: StoreChanges): Result<Backing, StoreParameterRefusal> {
  if (backing.type === 'AWS_CLOUDHSM') {
    return accept({ ...backing, clusterId: changes.clusterId ?? backing.clusterId });
  }
  const connectivity = changes.connectivity ?? backing.connectivity;
  const inVpc = connectivity === 'VPC_ENDPOINT_SERVICE';
  const service = changes.vpcEndpointServiceName ?? (inVpc ? backing.vpcEndpointServiceName : undefined);
  const owner = changes.vpcEndpointServiceOwner ?? (inVpc ? backing.vpcEndpointServiceOwner : undefined);
  return checkedXks({
    type: 'EXTERNAL_KEY_STORE',
    connectivity,
    uriEndpoint: changes.uriEndpoint ?? backing.uriEndpoint,
    uriPath: changes.uriPath ?? backing.uriPath,
    accessKeyId: changes.accessKeyId ?? backing.accessKeyId,
    ...(service !== undefined && { vpcEndpointServiceName: service }),
    ...(owner !== undefined && { vpcEndpointServiceOwner: owner }),
  });
}

/** The endpoint service stands exactly with VPC_ENDPOINT_SERVICE. */
export function checkedXks<B extends Extract<Backing, { type: 'EXTERNAL_KEY_STORE' }>>(
  backing: B,
): Result<B, StoreParameterRefusal> {
  const { connectivity, vpcEndpointServiceName: service, vpcEndpointServiceOwner: owner } = backing;
  if (connectivity === 'VPC_ENDPOINT_SERVICE') {
    return service === undefined
      ? refuse({ code: 'StoreParameterMissing', parameter: 'XksProxyVpcEndpointServiceName' })
      : accept(backing);
  }
  if (service !== undefined) {
    return refuse({ code: 'StoreParameterNotOfType', parameter: 'XksProxyVpcEndpointServiceName' });
  }
  return owner === undefined
    ? accept(backing)
    : refuse({ code: 'StoreParameterNotOfType', parameter: 'XksProxyVpcEndpointServiceOwner' });
}

/** @param existing all stores of the account and Region, this one among them */
export function checkUpdateCollisions(
  changed: CustomKeyStore,
  existing: readonly CustomKeyStore[],
  related: (cluster: string, other: string) => boolean,
): Result<void, StoreCollision> {
  return checkCollisions(
    changed,
    existing.filter(({ id }) => id !== changed.id),
    related,
  );
}
