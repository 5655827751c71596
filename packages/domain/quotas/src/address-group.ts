/**
 * What of a remote address is limited together: an IPv4 address by itself, also when it is written as IPv6, and of IPv6
 * the first 64 bits, which are one customer's.
 *
 * @returns a name of the group; one and the same for all that is no address
 */
export function addressGroup(address: string | undefined = ''): string {
  if (!address.includes(':')) return ipv4.test(address) ? address : unknown;
  const [bare = ''] = address.toLowerCase().split('%');
  const mapped = /^::ffff:([0-9.]+)$/.exec(bare)?.[1];
  if (mapped !== undefined) return ipv4.test(mapped) ? mapped : unknown;
  const halves = bare.split('::');
  if (halves.length > 2) return unknown;
  const [before = [], after = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = halves.length === 2 ? 8 - before.length - after.length : 0;
  if (missing < 0) return unknown;
  const groups = [...before, ...Array<string>(missing).fill('0'), ...after];
  const valid = groups.length >= 4 && groups.length <= 8 && groups.every((group) => ipv6Group.test(group));
  if (!valid) return ipv4.test(groups.at(-1) ?? '') ? prefixOf(groups.slice(0, -1)) : unknown;
  return prefixOf(groups);
}

const unknown = 'unknown';
const ipv4 = /^\d{1,3}(\.\d{1,3}){3}$/;
const ipv6Group = /^[0-9a-f]{1,4}$/;

function prefixOf(groups: readonly string[]): string {
  const prefix = groups.slice(0, 4);
  if (prefix.length < 4 || !prefix.every((group) => ipv6Group.test(group))) return unknown;
  return `${prefix.map((group) => group.replace(/^0+(?=.)/, '')).join(':')}::/64`;
}
