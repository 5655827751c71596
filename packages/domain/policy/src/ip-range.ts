/** The addresses that share the first `prefixLength` bits with `bytes` (4 or 16 of them). */
export interface IpRange {
  readonly bytes: readonly number[];
  readonly prefixLength: number;
}

/** The first 12 bytes of an IPv4 address written as IPv6 (`::ffff:192.0.2.1`), as dual-stack sockets report it. */
const mappedPrefix: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/**
 * An address or a CIDR range, IPv4 or IPv6. IPv4 written as IPv6 is the same address as IPv4.
 *
 * @returns undefined for anything else, leading zeros in IPv4 and zones in IPv6 included
 * @see https://www.rfc-editor.org/rfc/rfc4632 @see https://www.rfc-editor.org/rfc/rfc4291
 */
export function parseIpRange(text: string): IpRange | undefined {
  const [address = '', prefix, ...more] = text.split('/');
  const bytes = address.includes(':') ? parseIpv6(address) : parseIpv4(address);
  if (bytes === undefined || more.length > 0) return undefined;
  const bits = bytes.length * 8;
  if (prefix !== undefined && !/^(?:0|[1-9][0-9]{0,2})$/.test(prefix)) return undefined;
  const prefixLength = prefix === undefined ? bits : Number(prefix);
  if (prefixLength > bits) return undefined;
  return unmapped({ bytes, prefixLength });
}

/** One address, no range. */
export function parseIpAddress(text: string): readonly number[] | undefined {
  return text.includes('/') ? undefined : parseIpRange(text)?.bytes;
}

export function isInRange(address: readonly number[], range: IpRange): boolean {
  if (address.length !== range.bytes.length) return false;
  const wholeBytes = range.prefixLength >> 3;
  for (let index = 0; index < wholeBytes; index++) if (address[index] !== range.bytes[index]) return false;
  const restBits = range.prefixLength & 7;
  if (restBits === 0) return true;
  const difference = (address[wholeBytes] ?? 0) ^ (range.bytes[wholeBytes] ?? 0);
  return difference >> (8 - restBits) === 0;
}

function unmapped(range: IpRange): IpRange {
  if (range.bytes.length !== 16 || range.prefixLength < 96) return range;
  if (!mappedPrefix.every((byte, index) => range.bytes[index] === byte)) return range;
  return { bytes: range.bytes.slice(12), prefixLength: range.prefixLength - 96 };
}

function parseIpv4(text: string): number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  const bytes: number[] = [];
  for (const part of parts) {
    if (!/^(?:0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return undefined;
    bytes.push(Number(part));
  }
  return bytes;
}

function parseIpv6(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groupBytes(halves[0] ?? '', halves.length === 1);
  const tail = halves[1] === undefined ? [] : groupBytes(halves[1], true);
  if (head === undefined || tail === undefined) return undefined;
  const missing = 16 - head.length - tail.length;
  // "::" stands for at least one group of zeros.
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined;
  return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

/** The bytes of groups between colons; the last group may be an IPv4 address when the text ends there. */
function groupBytes(text: string, mayEndInIpv4: boolean): number[] | undefined {
  if (text === '') return [];
  const bytes: number[] = [];
  const groups = text.split(':');
  for (const [index, group] of groups.entries()) {
    const ipv4 = group.includes('.') && mayEndInIpv4 && index === groups.length - 1 ? parseIpv4(group) : undefined;
    if (ipv4 !== undefined) bytes.push(...ipv4);
    else if (/^[0-9a-fA-F]{1,4}$/.test(group))
      bytes.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255);
    else return undefined;
  }
  return bytes;
}
