import { type Result, accept, refuse } from '@keywarden/kernel';
import type { KmsKey } from '@keywarden/keys';
import { isSymmetricKey } from './grant-operations';
import type { GrantTermsRefusal } from './refusals';

/** The name–value pairs of an encryption context, or those a constraint asks for. */
export type ContextPairs = Readonly<Record<string, string>>;

/**
 * What a request must look like for the grant to allow it. Names and values compare exactly, letter case included.
 *
 * @see https://docs.aws.amazon.com/kms/latest/APIReference/API_GrantConstraints.html
 */
export interface GrantConstraints {
  /** The encryption context is this one, no pair more or less. Not together with `encryptionContextSubset`. */
  readonly encryptionContextEquals?: ContextPairs;
  /** The encryption context has all these pairs, and maybe others. */
  readonly encryptionContextSubset?: ContextPairs;
  /** The resource on whose behalf an AWS service makes the request. */
  readonly sourceArn?: string;
}

export const noConstraints: GrantConstraints = {};

const maxPairs = 8;
const maxValueCharacters = 384;

/** May a grant on this key be constrained so? */
export function checkConstraints(
  key: Pick<KmsKey, 'spec' | 'usage'>,
  constraints: GrantConstraints,
): Result<GrantConstraints, GrantTermsRefusal> {
  const { encryptionContextEquals: equals, encryptionContextSubset: subset } = constraints;
  if (equals !== undefined && subset !== undefined) return refuse({ code: 'GrantConstraintsAmbiguous' });
  const pairs = equals ?? subset;
  if (pairs === undefined) return accept(constraints);
  if (!isSymmetricKey(key)) return refuse({ code: 'GrantConstraintNotOfKey', spec: key.spec });
  const values = Object.values(pairs);
  if (values.length > maxPairs) return refuse({ code: 'GrantConstraintTooManyPairs', limit: maxPairs });
  const tooLong = values.some((value) => value.length > maxValueCharacters);
  return tooLong ? refuse({ code: 'GrantConstraintValueTooLong', limit: maxValueCharacters }) : accept(constraints);
}

/** Does a cryptographic request with this encryption context satisfy the constraints on it? */
export function contextAllowed(constraints: GrantConstraints, context: ContextPairs): boolean {
  const { encryptionContextEquals: equals, encryptionContextSubset: subset } = constraints;
  if (equals !== undefined) return samePairs(equals, context);
  return subset === undefined || hasAllPairs(context, subset);
}

/**
 * Does whatever satisfies `child` satisfy `parent`? A grantee may only pass on what it has: a subset may gain pairs or
 * become an exact context, never the reverse.
 */
export function atLeastAsStrict(child: GrantConstraints, parent: GrantConstraints): boolean {
  if (parent.sourceArn !== undefined && child.sourceArn !== parent.sourceArn) return false;
  const { encryptionContextEquals: equals, encryptionContextSubset: subset } = parent;
  if (equals !== undefined) {
    return child.encryptionContextEquals !== undefined && samePairs(child.encryptionContextEquals, equals);
  }
  if (subset === undefined) return true;
  return hasAllPairs(child.encryptionContextEquals ?? child.encryptionContextSubset ?? {}, subset);
}

export function sameConstraints(one: GrantConstraints, other: GrantConstraints): boolean {
  return (
    one.sourceArn === other.sourceArn &&
    sameOptionalPairs(one.encryptionContextEquals, other.encryptionContextEquals) &&
    sameOptionalPairs(one.encryptionContextSubset, other.encryptionContextSubset)
  );
}

function sameOptionalPairs(one: ContextPairs | undefined, other: ContextPairs | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return samePairs(one, other);
}

function samePairs(one: ContextPairs, other: ContextPairs): boolean {
  return Object.keys(one).length === Object.keys(other).length && hasAllPairs(one, other);
}

/** Safe against names of the prototype: an absent `constructor` is absent. */
function hasAllPairs(pairs: ContextPairs, wanted: ContextPairs): boolean {
  return Object.entries(wanted).every(([name, value]) => Object.hasOwn(pairs, name) && pairs[name] === value);
}
