import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { BlockList, type LookupFunction, isIP } from 'node:net';

/** Networks that no public proxy is in: private, loopback, link-local, shared, reserved, and what maps onto them. */
const forbidden = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  forbidden.addSubnet(network, prefix, 'ipv4');
}
/** Of IPv6 only global unicast is public, and of that not what carries an IPv4 address or is documentation. */
const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  forbidden.addSubnet(network, prefix, 'ipv6');
}

/** May KMS connect to this address for a proxy at a public endpoint? */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !forbidden.check(address, 'ipv4');
  return family === 6 && globalUnicast.check(address, 'ipv6') && !forbidden.check(address, 'ipv6');
}

/** The name resolves to an address that KMS must not connect to. */
export class AddressNotAllowed extends Error {
  override readonly name = 'AddressNotAllowed';
}

type Resolve = (host: string, done: (error: Error | null, addresses: readonly LookupAddress[]) => void) => void;

const systemResolve: Resolve = (host, done) => systemLookup(host, { all: true }, done);

/**
 * Resolves a name for one connection. The connection is made to the very addresses that were checked, so a name that
 * means something else a moment later (DNS rebinding) leads nowhere else. One forbidden address among several spoils
 * all.
 */
export function checkedLookup(allowPrivate: boolean, resolve: Resolve = systemResolve): LookupFunction {
  return (host, options, done) => {
    resolve(host, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) return done(error ?? new Error('the name has no address'), []);
      const allowed = allowPrivate || addresses.every(({ address }) => isPublicAddress(address));
      if (!allowed) return done(new AddressNotAllowed('the address of the proxy is not allowed'), []);
      if (options.all === true) return done(null, [...addresses]);
      return done(null, first.address, first.family);
    });
  };
}

/** Always the one address that the operator gave. */
export function fixedLookup(address: string): LookupFunction {
  const family = isIP(address);
  return (_host, options, done) =>
    options.all === true ? done(null, [{ address, family }]) : done(null, address, family);
}
