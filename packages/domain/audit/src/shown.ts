import type { Members } from './operation-record';

type Plain = string | number | boolean | null | readonly Plain[] | { readonly [name: string]: Plain };

/** Members whose numbers are instants. */
const dates: ReadonlySet<string> = new Set([
  'creationDate',
  'createDate',
  'deletionDate',
  'expiration',
  'updateDate',
  'validTo',
]);

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Characters of JSON that a part of a record may take, as in CloudTrail; more is left out. */
export const mostCharacters = 102_400;

/**
 * What a record shows of a command or an answer, as JSON.
 *
 * @returns `null` when it shows nothing
 */
export function shownJson(
  members: Members | null,
  source: unknown,
  effective?: Readonly<Record<string, string | boolean>>,
): string {
  if (members === null || source === undefined || source === null) return 'null';
  const shown = pick(members, source, effective);
  if (shown === undefined) return 'null';
  const text = JSON.stringify(shown);
  return text.length > mostCharacters ? '{"omitted":true}' : text;
}

function pick(
  members: Members,
  source: unknown,
  effective?: Readonly<Record<string, string | boolean>>,
): Record<string, Plain> | undefined {
  if (typeof source !== 'object' || source === null) return undefined;
  const from = source as Readonly<Record<string, unknown>>;
  let shown: Record<string, Plain> | undefined;
  for (const member of members) {
    const name = typeof member === 'string' ? member : member[0];
    const given = (Object.hasOwn(from, name) ? from[name] : undefined) ?? effective?.[name];
    if (given === undefined) continue;
    const value = typeof member === 'string' ? plain(given, name) : pick(member[1], given);
    if (value !== undefined) (shown ??= {})[name] = value;
  }
  return shown;
}

/** Text, numbers, booleans, lists and plain objects; whatever else there is, such as bytes and secrets, is left out. */
function plain(value: unknown, name: string): Plain | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return dates.has(name) ? writtenDate(value) : value;
    case 'object':
      return value === null ? undefined : plainObject(value, name);
    default:
      return undefined;
  }
}

function plainObject(value: object, name: string): Plain | undefined {
  if (Array.isArray(value)) {
    return value.map((element: unknown) => plain(element, name)).filter((element) => element !== undefined);
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  const shown: Record<string, Plain> = {};
  for (const member of Object.keys(value)) {
    const element = plain((value as Readonly<Record<string, unknown>>)[member], member);
    if (element === undefined) continue;
    // Here it is a name like any other.
    if (member === '__proto__') Object.defineProperty(shown, member, { value: element, enumerable: true });
    else shown[member] = element;
  }
  return shown;
}

/** As CloudTrail writes dates inside requests and answers: `Aug 10, 2022, 10:38:27 PM`. */
function writtenDate(milliseconds: number): string {
  const date = new Date(milliseconds);
  if (Number.isNaN(date.getTime())) return String(milliseconds);
  const hours = date.getUTCHours();
  const [minutes, seconds] = [date.getUTCMinutes(), date.getUTCSeconds()].map((n) => String(n).padStart(2, '0'));
  const day = `${months[date.getUTCMonth()]} ${date.getUTCDate()}, ${date.getUTCFullYear()}`;
  return `${day}, ${hours % 12 === 0 ? 12 : hours % 12}:${minutes}:${seconds} ${hours < 12 ? 'AM' : 'PM'}`;
}
