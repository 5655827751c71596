import type { Backing, Connection, ConnectionErrorCode, CustomKeyStore } from '@keywarden/custom-key-stores';
import { instant, parseCustomKeyStoreId } from '@keywarden/kernel';
import { corrupt } from './corrupt-row';
import { tenancyOf } from './key-row';

/** A row of `custom_key_stores`. */
export interface CustomKeyStoreRow {
  readonly id: string;
  readonly account_id: string;
  readonly region: string;
  readonly name: string;
  readonly type: Backing['type'];
  readonly created_at: number;
  readonly wrapped_secret: Buffer;
  readonly connection_state: Connection['state'];
  readonly connection_error: string | null;
  readonly connection_since: number | null;
  readonly cluster_id: string | null;
  readonly trust_anchor: string | null;
  readonly connectivity: 'PUBLIC_ENDPOINT' | 'VPC_ENDPOINT_SERVICE' | null;
  readonly uri_endpoint: string | null;
  readonly uri_path: string | null;
  readonly access_key_id: string | null;
  readonly vpc_service_name: string | null;
  readonly vpc_service_owner: string | null;
  readonly version: number;
}

/** What never changes stands first. */
export const customKeyStoreColumns = `id, account_id, region, type, created_at, name, wrapped_secret, connection_state,
  connection_error, connection_since, cluster_id, trust_anchor, connectivity, uri_endpoint, uri_path, access_key_id,
  vpc_service_name, vpc_service_owner, version`;

/** @throws Error when the row holds something this release cannot read */
export function customKeyStoreOf(row: CustomKeyStoreRow): CustomKeyStore {
  return {
    ...tenancyOf(row),
    id: parseCustomKeyStoreId(row.id) ?? corrupt('id'),
    name: row.name,
    createdAt: instant(row.created_at),
    backing: backingOf(row),
    wrappedSecret: Uint8Array.from(row.wrapped_secret),
    connection: connectionOf(row),
    version: row.version,
  };
}

function backingOf(row: CustomKeyStoreRow): Backing {
  if (row.type === 'AWS_CLOUDHSM') {
    return {
      type: row.type,
      clusterId: row.cluster_id ?? corrupt('cluster_id'),
      trustAnchorCertificate: row.trust_anchor ?? corrupt('trust_anchor'),
    };
  }
  return {
    type: row.type,
    connectivity: row.connectivity ?? corrupt('connectivity'),
    uriEndpoint: row.uri_endpoint ?? corrupt('uri_endpoint'),
    uriPath: row.uri_path ?? corrupt('uri_path'),
    accessKeyId: row.access_key_id ?? corrupt('access_key_id'),
    ...(row.vpc_service_name !== null && { vpcEndpointServiceName: row.vpc_service_name }),
    ...(row.vpc_service_owner !== null && { vpcEndpointServiceOwner: row.vpc_service_owner }),
  };
}

function connectionOf(row: CustomKeyStoreRow): Connection {
  const { connection_state: state, connection_error: error, connection_since: since } = row;
  if (state === 'FAILED') return { state, error: (error ?? corrupt('connection_error')) as ConnectionErrorCode };
  if (state === 'CONNECTING' || state === 'DISCONNECTING') {
    return { state, since: instant(since ?? corrupt('connection_since')) };
  }
  return { state };
}

/** In the order of `customKeyStoreColumns`. */
export function customKeyStoreValues(store: CustomKeyStore): readonly unknown[] {
  const { backing, connection } = store;
  const hsm = backing.type === 'AWS_CLOUDHSM' ? backing : undefined;
  const xks = backing.type === 'EXTERNAL_KEY_STORE' ? backing : undefined;
  return [
    store.id,
    store.account,
    store.region,
    backing.type,
    store.createdAt,
    JSON.stringify(store.name),
    store.wrappedSecret,
    connection.state,
    connection.state === 'FAILED' ? connection.error : null,
    'since' in connection ? connection.since : null,
    hsm?.clusterId ?? null,
    hsm?.trustAnchorCertificate ?? null,
    xks?.connectivity ?? null,
    xks?.uriEndpoint ?? null,
    xks?.uriPath ?? null,
    xks?.accessKeyId ?? null,
    xks?.vpcEndpointServiceName ?? null,
    xks?.vpcEndpointServiceOwner ?? null,
    store.version,
  ];
}
