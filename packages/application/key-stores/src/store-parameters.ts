import { type Backing, type StorePlan, type XksProxyConnectivity, checkedXks } from '@keywarden/custom-key-stores';
import { type Result, type SecretBytes, accept, refuse } from '@keywarden/kernel';
import type { KeyStoresRefusal } from './refusals';

/** The members of CreateCustomKeyStore that say where a store is. */
export interface BackingMembers {
  readonly cloudHsmClusterId?: string;
  readonly trustAnchorCertificate?: string;
  readonly keyStorePassword?: SecretBytes;
  readonly xksProxyUriEndpoint?: string;
  readonly xksProxyUriPath?: string;
  readonly xksProxyVpcEndpointServiceName?: string;
  readonly xksProxyVpcEndpointServiceOwner?: string;
  readonly xksProxyAuthenticationCredential?: XksCredential;
  readonly xksProxyConnectivity?: XksProxyConnectivity;
}

export interface XksCredential {
  readonly accessKeyId: string;
  readonly rawSecretAccessKey: SecretBytes;
}

const wireNames = {
  cloudHsmClusterId: 'CloudHsmClusterId',
  trustAnchorCertificate: 'TrustAnchorCertificate',
  keyStorePassword: 'KeyStorePassword',
  xksProxyUriEndpoint: 'XksProxyUriEndpoint',
  xksProxyUriPath: 'XksProxyUriPath',
  xksProxyVpcEndpointServiceName: 'XksProxyVpcEndpointServiceName',
  xksProxyVpcEndpointServiceOwner: 'XksProxyVpcEndpointServiceOwner',
  xksProxyAuthenticationCredential: 'XksProxyAuthenticationCredential',
  xksProxyConnectivity: 'XksProxyConnectivity',
} as const satisfies Record<keyof BackingMembers, string>;
const ofCloudHsm = ['cloudHsmClusterId', 'trustAnchorCertificate', 'keyStorePassword'] as const;
const ofXks = [
  'xksProxyUriEndpoint',
  'xksProxyUriPath',
  'xksProxyConnectivity',
  'xksProxyAuthenticationCredential',
] as const;
const optionalOfXks = ['xksProxyVpcEndpointServiceName', 'xksProxyVpcEndpointServiceOwner'] as const;

/** A store as asked for, with the secret it is reached with. */
export interface AskedStore {
  readonly plan: StorePlan;
  readonly secret: SecretBytes;
}

/** Checks that exactly the members of the type are there. */
export function askedStore(
  name: string,
  type: Backing['type'],
  members: BackingMembers,
): Result<AskedStore, KeyStoresRefusal> {
  const inToken = type === 'AWS_CLOUDHSM';
  const foreign = (inToken ? [...ofXks, ...optionalOfXks] : ofCloudHsm).find((member) => members[member] !== undefined);
  if (foreign !== undefined) return refuse({ code: 'StoreParameterNotOfType', parameter: wireNames[foreign] });
  return inToken ? tokenStore(name, members) : xksStore(name, members);
}

function missing(members: BackingMembers, needed: readonly (keyof BackingMembers)[]): KeyStoresRefusal {
  const absent = needed.find((member) => members[member] === undefined) ?? 'keyStorePassword';
  return { code: 'StoreParameterMissing', parameter: wireNames[absent] };
}

function tokenStore(name: string, members: BackingMembers): Result<AskedStore, KeyStoresRefusal> {
  const { cloudHsmClusterId: clusterId, trustAnchorCertificate, keyStorePassword: secret } = members;
  if (clusterId === undefined || trustAnchorCertificate === undefined || secret === undefined) {
    return refuse(missing(members, ofCloudHsm));
  }
  return accept({ plan: { name, backing: { type: 'AWS_CLOUDHSM', clusterId, trustAnchorCertificate } }, secret });
}

function xksStore(name: string, members: BackingMembers): Result<AskedStore, KeyStoresRefusal> {
  const { xksProxyUriEndpoint: uriEndpoint, xksProxyUriPath: uriPath, xksProxyConnectivity: connectivity } = members;
  const { xksProxyVpcEndpointServiceName: service, xksProxyVpcEndpointServiceOwner: owner } = members;
  const credential = members.xksProxyAuthenticationCredential;
  if (uriEndpoint === undefined || uriPath === undefined || connectivity === undefined || credential === undefined) {
    return refuse(missing(members, ofXks));
  }
  const backing = checkedXks({
    type: 'EXTERNAL_KEY_STORE',
    connectivity,
    uriEndpoint,
    uriPath,
    accessKeyId: credential.accessKeyId,
    ...(service !== undefined && { vpcEndpointServiceName: service }),
    ...(owner !== undefined && { vpcEndpointServiceOwner: owner }),
  });
  if (!backing.ok) return backing;
  return accept({ plan: { name, backing: backing.value }, secret: credential.rawSecretAccessKey });
}
