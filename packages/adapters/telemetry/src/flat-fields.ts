import { SecretBytes } from '@keywarden/kernel';
import type { LogFields } from './logger';

/** Longest text of one field, in UTF-16 units; what exceeds it is cut and marked. */
const longestText = 8_192;

/**
 * Names the log line itself uses, where a field of that name would appear twice in the JSON object, and `socket`, since
 * pino takes fields named method, headers and socket together for a request object and rewrites them.
 */
const ownNames = new Set(['level', 'time', 'message', 'socket']);

type Primitive = string | number | boolean;

/**
 * The run-time half of the rule in `LogFields`, for values that got past the compiler: an object is never printed, not
 * even through its `toJSON`, and a field cannot overwrite the level, time or message of its line.
 */
export function flatFields(fields: LogFields): Record<string, Primitive> {
  const flat: Record<string, Primitive> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    const shownName = ownNames.has(name) || name === '__proto__' ? `field_${name}` : name;
    flat[shownName] = shown(value);
  }
  return flat;
}

/** Cuts `text` to `length` UTF-16 units and says so. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}… (${text.length - length} more)`;
}

function shown(value: unknown): Primitive {
  if (value instanceof SecretBytes) return '[secret]';
  switch (typeof value) {
    case 'string':
      return cut(value, longestText);
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'boolean':
      return value;
    default:
      return '[not a primitive]';
  }
}
