import { asciiLowerCase } from './ascii';
import type { Caller, PrincipalMatch } from './caller';
import type { CompiledPolicy, StatementIndex } from './compile-policy';
import { type CompiledStatement, letsApply } from './compile-statement';
import type { ContextLookup } from './policy-template';

export interface PolicyRequest {
  readonly caller: Caller;
  /** Service prefix and name, `kms:Encrypt`; compares without case. */
  readonly action: string;
  /**
   * Every name of the one resource the request is about; a statement covers it when it covers one of them. An
   * operation without a resource passes `*`, which only the pattern `*` covers.
   */
  readonly resources: readonly string[];
  /** Asked only for keys that matter, with the key in lower case; may be asked more than once for the same key. */
  readonly context: ContextLookup;
}

export interface StatementReference {
  /** Position of the policy in the list that was evaluated, from 0. */
  readonly policyIndex: number;
  /** Position of the statement in its document, from 0. */
  readonly statementIndex: number;
  readonly sid: string | undefined;
}

export type PolicyDecision =
  | { readonly effect: 'ExplicitDeny'; readonly by: StatementReference }
  /**
   * `through: 'account'`: a resource policy names only the caller's account and so leaves the decision to identity
   * policies of that account; `'principal'`: the caller itself is allowed.
   */
  | { readonly effect: 'Allow'; readonly by: StatementReference; readonly through: PrincipalMatch }
  | { readonly effect: 'ImplicitDeny' };

const implicitDeny: PolicyDecision = { effect: 'ImplicitDeny' };

/**
 * What these policies together say about the request: an applicable Deny wins over any Allow, and without an applicable
 * Allow the answer is no. How policies of different kinds combine is for the caller: evaluate each kind apart.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluate(policies: readonly CompiledPolicy[], request: PolicyRequest): PolicyDecision {
  const action = asciiLowerCase(request.action);
  for (let index = 0; index < policies.length; index++) {
    const found = firstApplicable(policies[index]?.denies, action, request);
    if (found !== undefined) return { effect: 'ExplicitDeny', by: reference(index, found.statement) };
  }
  let delegated: PolicyDecision | undefined;
  for (let index = 0; index < policies.length; index++) {
    const found = firstApplicable(policies[index]?.allows, action, request);
    if (found === undefined) continue;
    const { statement, through } = found;
    if (through === 'principal') return { effect: 'Allow', by: reference(index, statement), through };
    delegated ??= { effect: 'Allow', by: reference(index, statement), through };
  }
  return delegated ?? implicitDeny;
}

interface Applicable {
  readonly statement: CompiledStatement;
  readonly through: PrincipalMatch;
}

/** The first statement that applies; one that means the caller itself goes before one that means its account. */
function firstApplicable(
  index: StatementIndex | undefined,
  action: string,
  request: PolicyRequest,
): Applicable | undefined {
  if (index === undefined) return undefined;
  const named = firstOf(index.byAction.get(action) ?? none, undefined, request);
  if (named?.through === 'principal') return named;
  const other = firstOf(index.others, action, request);
  return other?.through === 'principal' ? other : (named ?? other);
}

const none: readonly CompiledStatement[] = [];

/** @param action to ask the statements about; undefined when they are known to cover it */
function firstOf(
  statements: readonly CompiledStatement[],
  action: string | undefined,
  request: PolicyRequest,
): Applicable | undefined {
  let delegated: Applicable | undefined;
  for (const statement of statements) {
    if (action !== undefined && !statement.action.covers(action)) continue;
    const through = statement.principal(request.caller);
    if (through === undefined || (through === 'account' && delegated !== undefined)) continue;
    if (!appliesTo(statement, request)) continue;
    if (through === 'principal') return { statement, through };
    delegated = { statement, through };
  }
  return delegated;
}

/** Resource and conditions; the action and the principal were matched before. */
function appliesTo(
  { effect, resource, conditions }: CompiledStatement,
  { resources, context }: PolicyRequest,
): boolean {
  if (!letsApply(resource(resources, context), effect)) return false;
  for (const condition of conditions) if (!letsApply(condition.test(context), effect)) return false;
  return true;
}

function reference(policyIndex: number, { index, sid }: CompiledStatement): StatementReference {
  return { policyIndex, statementIndex: index, sid };
}
