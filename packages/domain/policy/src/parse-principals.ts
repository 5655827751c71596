import { type Placed, membersOf, stringItemsOf, wrongType } from './json-reading';
import type { PrincipalEntry } from './policy-document';
import { isPermittedPrincipal, principalTypes } from './principal';
import { exitWith } from './refusal-exit';

/** Reads `"*"` (the same as `{"AWS": "*"}`) or a map from kinds of principal to one name or a list of names. */
export function readPrincipals(element: Placed): readonly PrincipalEntry[] {
  const { at, value } = element;
  if (value.kind === 'string') {
    return value.text === '*'
      ? [{ type: 'AWS', value: '*' }]
      : exitWith({ code: 'InvalidPrincipal', at, value: value.text });
  }
  const members = membersOf(element, 'principal');
  if (members.size === 0) wrongType(at, 'principal');
  return [...members].flatMap(([name, names]) => {
    const type = principalTypes.find((known) => known === name);
    if (type === undefined) return exitWith({ code: 'InvalidPrincipalType', at, value: name });
    return stringItemsOf(names).map((item) =>
      isPermittedPrincipal(type, item.text)
        ? { type, value: item.text }
        : exitWith({ code: 'InvalidPrincipal', at: item.at, value: item.text }),
    );
  });
}
