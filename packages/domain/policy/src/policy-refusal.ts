/** Where in the document, as a JSON Pointer (RFC 6901): `/Statement/0/Action`. */
export type Location = string;

/** Why a text is no policy document: a stable code, where, and the facts a message needs. */
export type PolicyRefusal =
  | { readonly code: 'DocumentTooLarge'; readonly bytes: number; readonly maxBytes: number }
  | { readonly code: 'InvalidJson'; readonly offset: number; readonly problem: JsonProblem }
  | { readonly code: 'NestedTooDeep'; readonly offset: number; readonly maxDepth: number }
  | { readonly code: 'DuplicateKey'; readonly at: Location; readonly key: string }
  | { readonly code: 'WrongType'; readonly at: Location; readonly expected: ExpectedType }
  | { readonly code: 'EmptyList'; readonly at: Location }
  | { readonly code: 'MissingElement'; readonly at: Location; readonly element: string }
  | { readonly code: 'UnknownElement'; readonly at: Location; readonly element: string }
  | { readonly code: 'ConflictingElements'; readonly at: Location; readonly elements: readonly [string, string] }
  | { readonly code: 'ElementNotAllowed'; readonly at: Location; readonly element: string }
  | { readonly code: 'InvalidVersion'; readonly at: Location; readonly value: string }
  | { readonly code: 'InvalidEffect'; readonly at: Location; readonly value: string }
  | { readonly code: 'InvalidSid'; readonly at: Location; readonly value: string }
  | { readonly code: 'DuplicateSid'; readonly at: Location; readonly value: string }
  | { readonly code: 'InvalidPrincipalType'; readonly at: Location; readonly value: string }
  | { readonly code: 'InvalidPrincipal'; readonly at: Location; readonly value: string }
  | { readonly code: 'InvalidAction'; readonly at: Location; readonly value: string }
  | { readonly code: 'InvalidResource'; readonly at: Location; readonly value: string }
  | { readonly code: 'UnknownOperator'; readonly at: Location; readonly value: string }
  | { readonly code: 'InvalidConditionKey'; readonly at: Location; readonly value: string }
  | { readonly code: 'InvalidPolicyVariable'; readonly at: Location; readonly value: string };

export type JsonProblem =
  | 'unexpected-character'
  | 'unexpected-end'
  | 'bad-escape'
  | 'control-character'
  | 'lone-surrogate'
  | 'text-after-value';

export type ExpectedType = 'object' | 'string' | 'string-or-list' | 'object-or-list' | 'principal' | 'condition-value';

/** One step of a JSON Pointer; `~` and `/` inside a name are escaped as RFC 6901 says. */
export function pointer(parent: Location, step: string | number): Location {
  return `${parent}/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
