import { type Token, lowerAscii, naiveLike, tokensOf } from './naive-patterns';

/** How one value of a policy and one of the request compare. Part of the naive evaluator. */
export type NaiveMatch =
  | 'yes'
  | 'no'
  /** A policy variable in the value has no value. */
  | 'no value for a variable'
  /** The request's value is not of the operator's type. */
  | 'unreadable'
  /** The policy's value is not of the operator's type, or the operator does not exist. */
  | 'invalid';

type Context = Readonly<Record<string, readonly string[]>>;

/** @param operator without prefix, suffix and `Not` */
export function naiveValueMatch(
  operator: string,
  wanted: string,
  actual: string,
  context: Context,
  variables: boolean,
): NaiveMatch {
  const text = (): string | undefined => {
    const tokens = tokensOf(wanted, context, variables, false);
    return tokens?.map((token) => (typeof token === 'string' ? token : token.literal)).join('');
  };
  const compareText = (equal: (value: string) => boolean): NaiveMatch => {
    const value = text();
    return value === undefined ? 'no value for a variable' : yesOrNo(equal(value));
  };
  switch (operator) {
    case 'StringEquals':
      return compareText((value) => value === actual);
    case 'StringEqualsIgnoreCase':
      return compareText((value) => lowerAscii(value) === lowerAscii(actual));
    case 'StringLike': {
      const tokens = tokensOf(wanted, context, variables, true);
      return tokens === undefined ? 'no value for a variable' : yesOrNo(naiveLike(tokens, actual));
    }
    case 'ArnEquals':
    case 'ArnLike':
      return arnMatch(wanted, actual, context, variables);
    case 'Bool':
      return boolMatch(wanted, actual, text(), variables);
    case 'BinaryEquals':
      if (!isBase64(wanted)) return 'invalid';
      return isBase64(actual) ? yesOrNo(wanted === actual) : 'unreadable';
    case 'IpAddress':
      return ipMatch(wanted, actual);
  }
  const [, family, order] =
    /^(Numeric|Date)(Equals|LessThanEquals|LessThan|GreaterThanEquals|GreaterThan)$/.exec(operator) ?? [];
  if (family === undefined || order === undefined) return 'invalid';
  const read = family === 'Date' ? readDate : readNumber;
  const right = read(wanted);
  const left = read(actual);
  if (right === undefined) return 'invalid';
  if (left === undefined) return 'unreadable';
  if (order === 'Equals') return yesOrNo(left === right);
  if (order.startsWith('LessThan')) return yesOrNo(left < right || (order.endsWith('Equals') && left === right));
  return yesOrNo(left > right || (order.endsWith('Equals') && left === right));
}

const yesOrNo = (condition: boolean): NaiveMatch => (condition ? 'yes' : 'no');

function boolMatch(wanted: string, actual: string, replaced: string | undefined, variables: boolean): NaiveMatch {
  const isBool = (text: string): boolean => ['true', 'false'].includes(lowerAscii(text));
  const usesKey = variables && /\$\{[^*?$]/.test(wanted);
  if (!isBool(wanted) && !usesKey) return 'invalid';
  if (!isBool(actual)) return 'unreadable';
  if (replaced === undefined) return 'no value for a variable';
  return yesOrNo(lowerAscii(replaced) === lowerAscii(actual));
}

function arnMatch(wanted: string, actual: string, context: Context, variables: boolean): NaiveMatch {
  const pieces = wanted === '*' ? ['*', '*', '*', '*', '*', '*'] : sixPieces(wanted, variables);
  if (pieces === undefined) return 'invalid';
  const values = actual.split(':');
  if (values.length < 6 || values[0] !== 'arn') return 'unreadable';
  const last = values.splice(5).join(':');
  const patterns: (Token[] | undefined)[] = pieces.map((piece) => tokensOf(piece, context, variables, true));
  if (patterns.includes(undefined)) return 'no value for a variable';
  return yesOrNo([...values, last].every((value, index) => naiveLike(patterns[index] ?? [], value)));
}

/** Splits at the first five colons that stand outside of variables. */
function sixPieces(pattern: string, variables: boolean): string[] | undefined {
  const pieces = [''];
  let inside = false;
  for (const [index, character] of [...pattern].entries()) {
    if (variables && [...pattern].slice(index, index + 2).join('') === '${') inside = true;
    if (character === ':' && !inside && pieces.length < 6) pieces.push('');
    else pieces[pieces.length - 1] += character;
    if (character === '}') inside = false;
  }
  return pieces.length === 6 ? pieces : undefined;
}

/** In units of 10^-9, which is finer than any value the comparison test uses. */
function readNumber(text: string): bigint | undefined {
  if (!/^[+-]?\d+(\.\d+)?$/.test(text)) return undefined;
  const [whole = '', fraction = ''] = text.replace(/^[+-]/, '').split('.');
  const size = BigInt(whole + fraction.padEnd(9, '0'));
  return text.startsWith('-') ? -size : size;
}

function readDate(text: string): bigint | undefined {
  if (/^-?\d{1,13}(\.\d+)?$/.test(text) && !/^\d{4}$/.test(text)) return BigInt(Math.trunc(Number(text) * 1000));
  if (!/^\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?)?)?$/.test(text)) return undefined;
  const [date = ''] = text.split('T');
  const padded = `${date}-01-01`.slice(0, 10);
  const day = new Date(`${padded}T00:00:00Z`);
  if (Number.isNaN(day.getTime()) || !day.toISOString().startsWith(padded)) return undefined;
  if (/T24/.test(text)) return undefined;
  const time = new Date(text).getTime();
  return Number.isNaN(time) ? undefined : BigInt(time);
}

function isBase64(text: string): boolean {
  return Buffer.from(text, 'base64').toString('base64') === text;
}

function ipMatch(wanted: string, actual: string): NaiveMatch {
  const [network = '', prefix] = wanted.split('/');
  const range = readIp(network);
  const address = readIp(actual);
  if (range === undefined || wanted.split('/').length > 2) return 'invalid';
  if (prefix !== undefined && (!/^\d+$/.test(prefix) || String(Number(prefix)) !== prefix)) return 'invalid';
  const length = prefix === undefined ? range.writtenBits : Number(prefix);
  if (length > range.writtenBits) return 'invalid';
  if (address === undefined) return 'unreadable';
  // Everything as 128 bits; IPv4 is ::ffff:0:0/96.
  const significant = length + (128 - range.writtenBits);
  if (range.writtenBits === 32 && !address.mapped) return 'no';
  if (range.writtenBits === 128 && !range.mapped && address.mapped) return 'no';
  if (range.writtenBits === 128 && range.mapped && length < 96)
    return address.mapped ? 'no' : maskMatch(range, address, significant);
  return maskMatch(range, address, significant);
}

interface Ip {
  readonly value: bigint;
  readonly mapped: boolean;
  readonly writtenBits: number;
}

const maskMatch = (range: Ip, address: Ip, bits: number): NaiveMatch =>
  yesOrNo(range.value >> BigInt(128 - bits) === address.value >> BigInt(128 - bits));

function readIp(text: string): Ip | undefined {
  const v4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1);
  if (v4 !== undefined) {
    if (v4.some((part) => Number(part) > 255 || String(Number(part)) !== part)) return undefined;
    const value = v4.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
    return { value: value + (0xffffn << 32n), mapped: true, writtenBits: 32 };
  }
  // The platform's parser knows which texts are IPv6 and writes them in one way.
  let host: string;
  try {
    host = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  } catch {
    return undefined;
  }
  const [head = '', tail] = host.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const filler = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array.from({ length: filler }, () => '0'), ...groups(tail ?? '')];
  const value = all.reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
  return { value, mapped: value >> 32n === 0xffffn, writtenBits: 128 };
}
