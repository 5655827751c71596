import {
  type ConnectionErrorCode,
  type ConnectionState,
  type CustomKeyStore,
  type CustomKeyStoreType,
  type XksProxyConnectivity,
  connectionAt,
} from '@keywarden/custom-key-stores';
import { type CustomKeyStoreId, type Instant, type Result, accept, refuse } from '@keywarden/kernel';
import { type RequestContext, cutPage, decodeMarker, pageSize } from '@keywarden/key-service';
import { type KeyStoreParts, mayManage, tenancyOf } from './parts';
import type { KeyStoresRefusal } from './refusals';

export interface DescribeCustomKeyStores {
  readonly customKeyStoreId?: string;
  readonly customKeyStoreName?: string;
  /** 1 to 1,000 */
  readonly limit?: number;
  readonly marker?: string;
}

/** What is told of a store; never a password or secret access key. */
export interface CustomKeyStoreEntry {
  readonly customKeyStoreId: CustomKeyStoreId;
  readonly customKeyStoreName: string;
  readonly customKeyStoreType: CustomKeyStoreType;
  readonly creationDate: Instant;
  readonly connectionState: ConnectionState;
  readonly connectionErrorCode?: ConnectionErrorCode;
  readonly cloudHsmClusterId?: string;
  readonly trustAnchorCertificate?: string;
  readonly xksProxyConfiguration?: {
    readonly connectivity: XksProxyConnectivity;
    readonly accessKeyId: string;
    readonly uriEndpoint: string;
    readonly uriPath: string;
    readonly vpcEndpointServiceName?: string;
    readonly vpcEndpointServiceOwner?: string;
  };
}

export interface CustomKeyStoreList {
  readonly customKeyStores: readonly CustomKeyStoreEntry[];
  readonly nextMarker?: string;
  readonly truncated: boolean;
}

/** @see https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeCustomKeyStores.html */
export class DescribeCustomKeyStoresHandler {
  constructor(private readonly parts: KeyStoreParts) {}

  async handle(
    context: RequestContext,
    { customKeyStoreId: id, customKeyStoreName: name, limit, marker }: DescribeCustomKeyStores,
  ): Promise<Result<CustomKeyStoreList, KeyStoresRefusal>> {
    const call = mayManage(this.parts, context, 'DescribeCustomKeyStores');
    if (!call.ok) return call;
    if (id !== undefined && name !== undefined) return refuse({ code: 'StoreNamedTwice' });
    const list = ['DescribeCustomKeyStores', id ?? '', name ?? ''];
    const after = decodeMarker(list, marker);
    if (!after.ok) return refuse({ code: 'MarkerNotValid' });
    const all = await this.parts.repository.list(tenancyOf(context));
    const wanted = all.filter((store) => (id === undefined || store.id === id) && (name ?? store.name) === store.name);
    const given = id ?? name;
    if (given !== undefined && wanted.length === 0) return refuse({ code: 'CustomKeyStoreNotFound', given });
    const { value: last } = after;
    const rest = wanted.filter((store) => last === undefined || store.id > last);
    const size = pageSize(limit, 1_000, 1_000);
    const page = cutPage(list, rest.slice(0, size + 1), size, (store) => store.id);
    return accept({
      customKeyStores: page.items.map((store) => entryOf(store, context.now)),
      nextMarker: page.nextMarker,
      truncated: page.truncated,
    });
  }
}

function entryOf({ id, name, createdAt, backing, connection }: CustomKeyStore, now: Instant): CustomKeyStoreEntry {
  const current = connectionAt(connection, now);
  const { type, ...members } = backing;
  return {
    customKeyStoreId: id,
    customKeyStoreName: name,
    customKeyStoreType: type,
    creationDate: createdAt,
    connectionState: current.state,
    ...(current.state === 'FAILED' && { connectionErrorCode: current.error }),
    ...('clusterId' in members
      ? { cloudHsmClusterId: members.clusterId, trustAnchorCertificate: members.trustAnchorCertificate }
      : { xksProxyConfiguration: members }),
  };
}
