import { type CustomKeyStoreId, type KeyId, instant, parseCustomKeyStoreId } from '@keywarden/kernel';
import type { KmsKey } from '@keywarden/keys';
import { aKmsKey, home } from '@keywarden/keys/testing';
import { connected, disconnected } from '../connection';
import type { CloudHsmBacking, CustomKeyStore, XksBacking } from '../custom-key-store';

/** A store id whose text ends in `index`. */
export function numberedStoreId(index: number): CustomKeyStoreId {
  return parseCustomKeyStoreId(`cks-${index.toString(16).padStart(17, '0')}`) as CustomKeyStoreId;
}

/** A cluster id that differs for each index from 0 to 25. */
export function numberedClusterId(index: number): string {
  return `cluster-${'a'.repeat(10)}${String.fromCharCode(97 + index)}`;
}

/** A disconnected store of a cluster in the home of the tests, changed as a test needs it. */
export function aCloudHsmStore(index: number, changes: Partial<CustomKeyStore> = {}): CustomKeyStore {
  const backing: CloudHsmBacking = {
    type: 'AWS_CLOUDHSM',
    clusterId: numberedClusterId(index),
    trustAnchorCertificate: `anchor ${index}`,
  };
  return aStore(index, { backing, ...changes });
}

/** A disconnected store behind a proxy at a public endpoint. */
export function anXksStore(
  index: number,
  changes: Partial<CustomKeyStore> = {},
  xks: Partial<XksBacking> = {},
): CustomKeyStore {
  const backing: XksBacking = {
    type: 'EXTERNAL_KEY_STORE',
    connectivity: 'PUBLIC_ENDPOINT',
    uriEndpoint: 'https://xks.example.com',
    uriPath: `/store-${index}/kms/xks/v1`,
    accessKeyId: 'ABCDE23456EXAMPLE777',
    ...xks,
  };
  return aStore(index, { backing, ...changes });
}

function aStore(index: number, changes: Pick<CustomKeyStore, 'backing'> & Partial<CustomKeyStore>): CustomKeyStore {
  return {
    ...home,
    id: numberedStoreId(index),
    name: `store ${index}`,
    createdAt: instant(Date.UTC(2026, 0, 1)),
    wrappedSecret: Uint8Array.of(1, 2, index),
    connection: disconnected,
    version: 1,
    ...changes,
  };
}

export const connectedStore = (store: CustomKeyStore): CustomKeyStore => ({ ...store, connection: connected });

/** An enabled key in a store. */
export function aKeyIn(store: CustomKeyStore, id: KeyId, xksKeyId?: string): KmsKey {
  const { account, region, backing } = store;
  const { materials, ...key } = aKmsKey({ id, account, region, origin: backing.type });
  const inToken = backing.type === 'AWS_CLOUDHSM';
  return {
    ...key,
    materials: inToken ? materials.map(({ wrapped: _, ...material }) => material) : materials,
    keyStore: {
      id: store.id,
      connected: store.connection.state === 'CONNECTED',
      ...(backing.type === 'AWS_CLOUDHSM' && { cloudHsmClusterId: backing.clusterId }),
      ...(!inToken && { xksKeyId: xksKeyId ?? `xks-${id}` }),
    },
  };
}
