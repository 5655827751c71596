import type { CustomKeyStoreId, Instant, Tenancy } from '@keywarden/kernel';
import type { Connection } from './connection';

export type CustomKeyStoreType = 'AWS_CLOUDHSM' | 'EXTERNAL_KEY_STORE';
export type XksProxyConnectivity = 'PUBLIC_ENDPOINT' | 'VPC_ENDPOINT_SERVICE';

/** Keys in a PKCS#11 token, which the operator's configuration maps a cluster id to. */
export interface CloudHsmBacking {
  readonly type: 'AWS_CLOUDHSM';
  /** `cluster-` and 11 to 16 characters. */
  readonly clusterId: string;
  /** PEM, up to 5,000 characters. */
  readonly trustAnchorCertificate: string;
}

/** Where the XKS proxy is, and the name under which KMS signs. */
export interface XksBacking {
  readonly type: 'EXTERNAL_KEY_STORE';
  readonly connectivity: XksProxyConnectivity;
  /** `https://` and a host name. */
  readonly uriEndpoint: string;
  /** Ends in `/kms/xks/v1`. */
  readonly uriPath: string;
  readonly accessKeyId: string;
  /** Exactly with VPC_ENDPOINT_SERVICE. */
  readonly vpcEndpointServiceName?: string;
  /** The account that owns the endpoint service; optional with VPC_ENDPOINT_SERVICE. */
  readonly vpcEndpointServiceOwner?: string;
}

export type Backing = CloudHsmBacking | XksBacking;

/** Names one store. */
export interface CustomKeyStoreName extends Tenancy {
  readonly id: CustomKeyStoreId;
}

/** A place outside KMS where the keys of some KMS keys live. */
export interface CustomKeyStore extends CustomKeyStoreName {
  /** 1 to 256 characters, unique in account and Region. */
  readonly name: string;
  readonly createdAt: Instant;
  readonly backing: Backing;
  /** KeyStorePassword or the proxy's secret access key, wrapped under the domain key; it never leaves KMS. */
  readonly wrappedSecret: Uint8Array;
  readonly connection: Connection;
  /** Counts changes; two copies with the same version are the same. */
  readonly version: number;
}
