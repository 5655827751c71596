import type { JsonValue } from './json-text';
import { type ExpectedType, type Location, pointer } from './policy-refusal';
import { exitWith } from './refusal-exit';

/** A value of the document together with where it stands. */
export interface Placed {
  readonly at: Location;
  readonly value: JsonValue;
}

export function wrongType(at: Location, expected: ExpectedType): never {
  return exitWith({ code: 'WrongType', at, expected });
}

/** The members of an object, in the order written. */
export function membersOf({ at, value }: Placed, expected: ExpectedType = 'object'): Map<string, Placed> {
  if (value.kind !== 'object') return wrongType(at, expected);
  return new Map(value.members.map(([name, member]) => [name, { at: pointer(at, name), value: member }]));
}

export function stringOf({ at, value }: Placed): string {
  return value.kind === 'string' ? value.text : wrongType(at, 'string');
}

/** The items of a list, or the value itself where one may leave out the brackets. */
export function itemsOf({ at, value }: Placed): readonly Placed[] {
  if (value.kind !== 'array') return [{ at, value }];
  return value.items.map((item, index) => ({ at: pointer(at, index), value: item }));
}

/** One string or a list of at least one. */
export function stringItemsOf(placed: Placed): readonly { readonly at: Location; readonly text: string }[] {
  const items = itemsOf(placed);
  if (items.length === 0) exitWith({ code: 'EmptyList', at: placed.at });
  return items.map(({ at, value }) => ({
    at,
    text: value.kind === 'string' ? value.text : wrongType(at, 'string-or-list'),
  }));
}

export function refuseUnknownElements(at: Location, members: Map<string, Placed>, known: ReadonlySet<string>): void {
  for (const name of members.keys()) if (!known.has(name)) exitWith({ code: 'UnknownElement', at, element: name });
}
