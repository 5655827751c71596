import { asciiLowerCase } from './ascii';
import type { CompiledCondition, Outcome } from './compile-condition';
import type { CompiledPolicy } from './compile-policy';
import { type CompiledStatement, letsApply } from './compile-statement';
import { type PolicyDecision, type PolicyRequest, type StatementReference, evaluate } from './evaluate';
import type { Effect } from './policy-document';

/** The first clause of a statement that keeps it from applying. */
export type FailedClause =
  | { readonly clause: 'Action' | 'Principal' | 'Resource' }
  | {
      readonly clause: 'Condition';
      readonly operator: string;
      /** Lower-case. */
      readonly key: string;
      readonly because: 'key-missing' | 'value-differs' | 'undecidable';
    };

export interface StatementReport extends StatementReference {
  readonly effect: Effect;
  /** Undefined: the statement applies. */
  readonly failed: FailedClause | undefined;
}

export interface Explanation {
  readonly decision: PolicyDecision;
  /** Every statement that has an effect, in the order written. */
  readonly statements: readonly StatementReport[];
  /** When no statement applied: the Allow that came nearest, which failed at the latest clause. */
  readonly nearest: StatementReport | undefined;
}

/** The decision of `evaluate` with what every statement had to say. For people; too slow for every request. */
export function explain(policies: readonly CompiledPolicy[], request: PolicyRequest): Explanation {
  const decision = evaluate(policies, request);
  const reports = policies.flatMap((policy, policyIndex) =>
    statementsOf(policy).map((statement) => report(statement, request, policyIndex)),
  );
  const failedAllows = reports.filter(({ effect, failed }) => effect === 'Allow' && failed !== undefined);
  const nearest = decision.effect === 'ImplicitDeny' ? latestFailure(failedAllows) : undefined;
  return { decision, statements: reports.map(({ passed: _, ...rest }) => rest), nearest };
}

type RankedReport = StatementReport & { readonly passed: number };

function statementsOf({ denies, allows }: CompiledPolicy): CompiledStatement[] {
  const found = [denies, allows].flatMap((index) => [...index.byAction.values(), index.others].flat());
  return [...new Set(found)].sort((a, b) => a.index - b.index);
}

function report(statement: CompiledStatement, request: PolicyRequest, policyIndex: number): RankedReport {
  const { index, sid, effect } = statement;
  const { failed, passed } = firstFailure(statement, request);
  return { policyIndex, statementIndex: index, sid, effect, failed, passed };
}

/** Clauses in the order they are reported, and how many of them passed before the first that did not. */
function firstFailure(
  { action, principal, resource, conditions, effect }: CompiledStatement,
  { action: requested, caller, resources, context }: PolicyRequest,
): { failed: FailedClause | undefined; passed: number } {
  if (!action.covers(asciiLowerCase(requested))) return { failed: { clause: 'Action' }, passed: 0 };
  if (principal(caller) === undefined) return { failed: { clause: 'Principal' }, passed: 1 };
  if (!letsApply(resource(resources, context), effect)) return { failed: { clause: 'Resource' }, passed: 2 };
  for (const [index, condition] of conditions.entries()) {
    const outcome = condition.test(context);
    if (letsApply(outcome, effect)) continue;
    const missing = !context(condition.key)?.length;
    return { failed: failedCondition(condition, outcome, missing), passed: 3 + index };
  }
  return { failed: undefined, passed: 3 + conditions.length };
}

function failedCondition({ operator, key }: CompiledCondition, outcome: Outcome, missing: boolean): FailedClause {
  const because = outcome === 'undecidable' ? 'undecidable' : missing ? 'key-missing' : 'value-differs';
  return { clause: 'Condition', operator, key, because };
}

function latestFailure(reports: readonly RankedReport[]): StatementReport | undefined {
  let best: RankedReport | undefined;
  for (const candidate of reports) if (best === undefined || candidate.passed > best.passed) best = candidate;
  if (best === undefined) return undefined;
  const { passed: _, ...nearest } = best;
  return nearest;
}
