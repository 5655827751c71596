import { type ActionTest, compileActionClause } from './compile-action';
import { type CompiledCondition, type Outcome, compileCondition } from './compile-condition';
import { type PrincipalTest, compilePrincipalClause } from './compile-principal';
import { type ResourceTest, compileResourceClause } from './compile-resource';
import type { Effect, Statement } from './policy-document';

export interface CompiledStatement {
  /** Position in the document, from 0. */
  readonly index: number;
  readonly sid: string | undefined;
  readonly effect: Effect;
  readonly action: ActionTest;
  readonly principal: PrincipalTest;
  readonly resource: ResourceTest;
  readonly conditions: readonly CompiledCondition[];
}

/** @returns undefined for a statement without Action or Resource, which has no effect */
export function compileStatement(
  { sid, effect, principals, actions, resources, conditions }: Statement,
  index: number,
  variables: boolean,
): CompiledStatement | undefined {
  if (actions === undefined || resources === undefined) return undefined;
  return {
    index,
    sid,
    effect,
    action: compileActionClause(actions),
    principal: compilePrincipalClause(principals, effect),
    resource: compileResourceClause(resources, variables),
    conditions: conditions.map((condition) => compileCondition(condition, variables)),
  };
}

/** Does a clause with this outcome let the statement apply? What cannot be decided counts against the caller. */
export function letsApply(outcome: Outcome, effect: Effect): boolean {
  return outcome === 'holds' || (outcome === 'undecidable' && effect === 'Deny');
}
