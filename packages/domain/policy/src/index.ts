export { type PolicyOptions, parsePolicy } from './parse-policy';
export type { ExpectedType, JsonProblem, Location, PolicyRefusal } from './policy-refusal';
export type {
  Condition,
  Effect,
  PatternClause,
  PolicyDocument,
  PolicyKind,
  PolicyVersion,
  PrincipalClause,
  PrincipalEntry,
  Statement,
} from './policy-document';
export { type CompiledPolicy, compilePolicy } from './compile-policy';
export { type PolicyDecision, type PolicyRequest, type StatementReference, evaluate } from './evaluate';
export { type Explanation, type FailedClause, type StatementReport, explain } from './explain';
export { type Caller, type PrincipalMatch, anonymousCaller, callerFromArn, callerOfType } from './caller';
export { type AwsPrincipal, type PrincipalType, parseAwsPrincipal, principalName, principalTypes } from './principal';
export type { ContextLookup } from './policy-template';
export type { SetPrefix } from './condition-operator';
export {
  type ConditionReference,
  findSetOperatorUses,
  findUndecidableConditions,
  principalStrings,
} from './inspect-policy';
export { matchesWildcard } from './wildcard';
export { parseDateValue } from './date-value';
export { parseIpAddress } from './ip-range';
