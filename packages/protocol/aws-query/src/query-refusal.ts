import type { Violation } from '@keywarden/aws-json';

/** Why a request was not understood. No message repeats content of the request. */
export type QueryRefusal =
  /** The body is not a form. */
  | { readonly code: 'BodyMalformed'; readonly message: string }
  /** A parameter does not have the type or the place its name promises. */
  | { readonly code: 'ParameterMalformed'; readonly message: string }
  | { readonly code: 'ConstraintsViolated'; readonly violations: readonly Violation[] };

export function malformedBody(detail: string): QueryRefusal {
  return { code: 'BodyMalformed', message: `The request body is malformed: ${detail}.` };
}

/** Leaves the recursive reader of parameters at the first that is out of place; never leaves this package. */
export class NotReadable extends Error {}
