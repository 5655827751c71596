import { type CompiledStatement, compileStatement } from './compile-statement';
import type { Effect, PolicyDocument } from './policy-document';

/** A document prepared for many evaluations. Immutable; safe to cache and share. */
export interface CompiledPolicy {
  readonly denies: StatementIndex;
  readonly allows: StatementIndex;
}

/** The statements of one effect, found by the lower-case action of a request. No larger than the document. */
export interface StatementIndex {
  /** Statements that only name actions in full, under each of them. */
  readonly byAction: ReadonlyMap<string, readonly CompiledStatement[]>;
  /** Statements that may cover any action by a wildcard or a NotAction; their action clause has still to be asked. */
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
  const byAction = new Map<string, CompiledStatement[]>();
  for (const statement of ofEffect) {
    for (const action of statement.action.only ?? []) {
      const listed = byAction.get(action);
      if (listed === undefined) byAction.set(action, [statement]);
      else listed.push(statement);
    }
  }
  return { byAction, others: ofEffect.filter((statement) => statement.action.only === undefined) };
}
