import { BlockList, isIP, isIPv4 } from 'node:net';

/**
 * The addresses that may be reached without TLS: the machine's own, and networks the operator names. Everything else needs
 * https, because events go where their receiver was not proven to be.
 */
export class AllowedNetworks {
  readonly #allowed = new BlockList();

  /**
   * @param networks such as `10.1.0.0/16` or `fd00::/8`
   * @throws Error when one is not of that form
   */
  constructor(networks: readonly string[] = []) {
    this.#allowed.addSubnet('127.0.0.0', 8, 'ipv4');
    this.#allowed.addAddress('::1', 'ipv6');
    for (const network of networks) {
      const [address = '', prefix] = network.split('/');
      this.#allowed.addSubnet(address, Number(prefix), isIPv4(address) ? 'ipv4' : 'ipv6');
    }
  }

  has(address: string): boolean {
    const version = isIP(address);
    return version !== 0 && this.#allowed.check(address, version === 4 ? 'ipv4' : 'ipv6');
  }
}
