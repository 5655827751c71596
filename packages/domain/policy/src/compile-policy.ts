import { type CompiledStatement, compileStatement } from './compile-statement';
import type { Effect, PolicyDocument } from './policy-document';

/** A document prepared for many evaluations. Immutable; safe to cache and share. */
export interface CompiledPolicy {
  readonly denies: StatementIndex;
  readonly allows: StatementIndex;
}

/** The statements of one effect, found by the lower-case action of a request. */
export interface StatementIndex {
  /** For each action some statement names in full: all statements whose action clause covers it. */
  readonly byAction: ReadonlyMap<string, readonly CompiledStatement[]>;
  /** For every other action: statements that may cover it by a wildcard or a NotAction. */
  readonly others: readonly CompiledStatement[];
}

/** Statements without Action or Resource have no effect and are left out. */
export function compilePolicy(document: PolicyDocument): CompiledPolicy {
  const statements = document.statements.flatMap((statement, index) => {
    const compiled = compileStatement(statement, index, document.version === '2012-10-17');
    return compiled === undefined ? [] : [compiled];
  });
  return { denies: indexByAction(statements, 'Deny'), allows: indexByAction(statements, 'Allow') };
}

function indexByAction(statements: readonly CompiledStatement[], effect: Effect): StatementIndex {
  const ofEffect = statements.filter((statement) => statement.effect === effect);
  const named = new Set(ofEffect.flatMap((statement) => statement.action.named));
  const byAction = [...named].map(
    (action) => [action, ofEffect.filter((statement) => statement.action.covers(action))] as const,
  );
  return { byAction: new Map(byAction), others: ofEffect.filter((statement) => statement.action.reachesBeyondNamed) };
}
