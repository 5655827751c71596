import { wholeValue } from './pattern';
import type { Bounds } from './shape';

/** A rule on a decoded value and the words AWS services use for it. */
export interface Constraint<T> {
  readonly text: string;
  readonly holds: (value: T) => boolean;
}

export const mustNotBeNull = 'Member must not be null';

/** @param size what the bounds limit: UTF-16 units of a string, bytes of a blob, entries of a list or map */
export function lengthConstraints<T>({ min, max }: Bounds, size: (value: T) => number): readonly Constraint<T>[] {
  return boundConstraints('Member must have length', min, max, size);
}

export function valueConstraints({ min, max }: Bounds): readonly Constraint<number>[] {
  return boundConstraints('Member must have value', min, max, (value) => value);
}

export function patternConstraints(pattern: string | undefined): readonly Constraint<string>[] {
  if (pattern === undefined) return [];
  const whole = wholeValue(pattern);
  const text = `Member must satisfy regular expression pattern: ${pattern}`;
  return [{ text, holds: (value) => whole.test(value) }];
}

/** @param told the values as a message lists them */
export function enumerationConstraint(values: readonly string[], told = values): Constraint<string> {
  const known = new Set(values);
  const text = `Member must satisfy enum value set: [${told.join(', ')}]`;
  return { text, holds: (value) => known.has(value) };
}

/** How a list or map reports all rules of its scalar members at once. */
export function membersConstraint(subject: string, constraints: readonly { readonly text: string }[]): string {
  return `${subject} must satisfy constraint: [${constraints.map(({ text }) => text).join(', ')}]`;
}

function boundConstraints<T>(
  words: string,
  min: number | undefined,
  max: number | undefined,
  measure: (value: T) => number,
): readonly Constraint<T>[] {
  const constraints: Constraint<T>[] = [];
  if (max !== undefined) {
    constraints.push({ text: `${words} less than or equal to ${max}`, holds: (value) => measure(value) <= max });
  }
  if (min !== undefined) {
    constraints.push({ text: `${words} greater than or equal to ${min}`, holds: (value) => measure(value) >= min });
  }
  return constraints;
}
