import type { StoreSettingsRefusal, XksBacking } from '@keywarden/custom-key-stores';
import { type Result, accept, refuse } from '@keywarden/kernel';
import { checkedLookup, fixedLookup } from './addresses';
import { type ClientCertificate, type ProxyAddress, ProxyTransport } from './proxy-transport';

/** A private way to a proxy that the operator laid, standing in for a VPC endpoint service. */
export interface EndpointService {
  /** The host of the XksProxyUriEndpoint, and of the certificate. */
  readonly privateDnsName: string;
  /** An IP address; KMS connects to it whatever the name resolves to. */
  readonly address: string;
  readonly port: number;
  /** Shown to this proxy; none when absent. */
  readonly clientCertificate?: ClientCertificate;
}

export interface ProxySettings {
  /** By the name of the VPC endpoint service. */
  readonly endpointServices: ReadonlyMap<string, EndpointService>;
  /** May proxies at public endpoints be in private networks or on this machine? */
  readonly allowPrivateAddresses: boolean;
  /** Shown to proxies at public endpoints; none when absent. */
  readonly clientCertificate?: ClientCertificate;
  /** Milliseconds for an attempt; 250 by default. */
  readonly timeoutMs?: number;
  /** Certificates of authorities beside those of the platform; PEM. */
  readonly extraAuthorities?: string;
}

const httpsPort = 443;

/** Where the proxies of external key stores are, and how KMS connects to them: all of it is the operator's to say. */
export class ProxyPlaces {
  constructor(private readonly settings: ProxySettings) {}

  /** Is the endpoint service one the operator laid, and to this host? */
  check({ vpcEndpointServiceName, uriEndpoint }: XksBacking): Result<void, StoreSettingsRefusal> {
    if (vpcEndpointServiceName === undefined) return accept(undefined);
    const service = this.settings.endpointServices.get(vpcEndpointServiceName);
    if (service === undefined) return refuse({ code: 'XksProxyVpcEndpointServiceNotFound' });
    return service.privateDnsName.toLowerCase() === hostOf(uriEndpoint)
      ? accept(undefined)
      : refuse({ code: 'XksProxyVpcEndpointServiceInvalidConfiguration' });
  }

  /**
   * A transport of its own, which connects when something is sent. INVARIANT: a store whose endpoint service the operator
   * has taken back leads nowhere, least of all to the public address of that name.
   */
  open(backing: XksBacking): ProxyTransport {
    const { timeoutMs = 250, extraAuthorities } = this.settings;
    const address = this.check(backing).ok ? this.#addressOf(backing) : undefined;
    return new ProxyTransport(address, {
      timeoutMs,
      ...(extraAuthorities !== undefined && { extraAuthorities }),
    });
  }

  #addressOf({ uriEndpoint, vpcEndpointServiceName }: XksBacking): ProxyAddress {
    const host = hostOf(uriEndpoint);
    const service =
      vpcEndpointServiceName === undefined ? undefined : this.settings.endpointServices.get(vpcEndpointServiceName);
    if (service !== undefined) {
      const { port, address, clientCertificate } = service;
      return { host, port, lookup: fixedLookup(address), allowPrivate: true, clientCertificate };
    }
    const { allowPrivateAddresses: allowPrivate, clientCertificate } = this.settings;
    return { host, port: httpsPort, lookup: checkedLookup(allowPrivate), allowPrivate, clientCertificate };
  }
}

function hostOf(uriEndpoint: string): string {
  return uriEndpoint.slice('https://'.length).toLowerCase();
}

/** Is the proxy reached in the same way? Credentials and path may change without a new connection. */
export function samePlace(one: XksBacking, other: XksBacking): boolean {
  return one.uriEndpoint === other.uriEndpoint && one.vpcEndpointServiceName === other.vpcEndpointServiceName;
}
