import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';
import type { RawHeaders } from './raw-message';

/** Hops that are looked at at most. */
const mostHops = 32;

/**
 * Where requests come from that proxies of the operator pass on. Each proxy appends the address it was called from to
 * X-Forwarded-For, so the list is read from its right end, the only one whose writer is known, up to the first address
 * that is no proxy of ours. Whatever stands to the left of it was sent by that client, and is not looked at.
 */
export class TrustedProxies {
  readonly #networks = new BlockList();

  /**
   * @param networks in CIDR form, for example `10.1.0.0/16` or `fd00::/8`
   * @throws Error when one is not of that form
   */
  constructor(networks: readonly string[]) {
    for (const network of networks) {
      const [address = '', prefix] = network.split('/');
      this.#networks.addSubnet(address, Number(prefix), isIPv4(address) ? 'ipv4' : 'ipv6');
    }
  }

  /**
   * @param peer of the connection
   * @returns the peer itself unless it is trusted; undefined when a trusted one passes on what is no list of addresses
   */
  clientOf(peer: string, headers: RawHeaders): string | undefined {
    let client = plainAddress(peer) ?? peer;
    if (!this.#trusts(client)) return client;
    const hops = headers
      .filter(([name]) => name.length === headerName.length && name.toLowerCase() === headerName)
      .flatMap(([, value]) => value.split(','));
    for (let looked = 0; hops.length > 0; looked += 1) {
      const hop = addressIn(hops.pop()?.trim() ?? '');
      if (hop === undefined || looked === mostHops) return undefined;
      client = hop;
      if (!this.#trusts(client)) return client;
    }
    // Nobody but proxies: one of them asks for itself.
    return client;
  }

  #trusts(address: string): boolean {
    const version = isIP(address);
    return version !== 0 && this.#networks.check(address, version === 4 ? 'ipv4' : 'ipv6');
  }
}

const headerName = 'x-forwarded-for';

/** Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function addressIn(hop: string): string | undefined {
  const [, bracketed] = /^\[([0-9A-Fa-f:.]+)\](?::[0-9]{1,5})?$/.exec(hop) ?? [];
  if (bracketed !== undefined) return isIPv6(bracketed) ? plainAddress(bracketed) : undefined;
  const [, before] = /^([0-9.]+):[0-9]{1,5}$/.exec(hop) ?? [];
  // A zone means something on the proxy alone.
  return hop.includes('%') ? undefined : plainAddress(before ?? hop);
}

/** One spelling for one address: IPv4 is not written as IPv6, and without a zone. */
function plainAddress(text: string): string | undefined {
  if (isIPv4(text)) return text;
  const [bare = ''] = text.toLowerCase().split('%');
  if (!isIPv6(bare)) return undefined;
  const mapped = /^::ffff:([0-9.]+)$/.exec(bare)?.[1];
  if (mapped !== undefined) return mapped;
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(bare) ?? [];
  if (high === undefined || low === undefined) return bare;
  const [one, other] = [parseInt(high, 16), parseInt(low, 16)];
  return [one >> 8, one & 255, other >> 8, other & 255].join('.');
}
