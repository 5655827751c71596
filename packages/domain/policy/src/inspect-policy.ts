import { asciiLowerCase } from './ascii';
import { compileCondition } from './compile-condition';
import { type SetPrefix, parseConditionOperator } from './condition-operator';
import type { Condition, PolicyDocument, PrincipalEntry } from './policy-document';

/** Every principal the document names, each once, so that a caller can check that they exist. */
export function principalStrings(document: PolicyDocument): readonly PrincipalEntry[] {
  const entries = document.statements.flatMap(({ principals }) => principals?.entries ?? []);
  const byName = new Map(entries.map((entry) => [`${entry.type} ${entry.value}`, entry]));
  return [...byName.values()];
}

export interface ConditionReference {
  readonly statementIndex: number;
  readonly sid: string | undefined;
  readonly condition: Condition;
}

/**
 * Conditions that use a set operator on a key starting with one of the prefixes (compared without case). A request
 * without any such value satisfies `ForAllValues`, so services refuse it on some keys as overly permissive.
 */
export function findSetOperatorUses(
  document: PolicyDocument,
  prefix: SetPrefix,
  keyPrefixes: readonly string[],
): readonly ConditionReference[] {
  const folded = keyPrefixes.map(asciiLowerCase);
  return conditionsWhere(document, ({ operator, key }) => {
    const parsed = parseConditionOperator(operator);
    if (parsed?.kind !== 'comparing' || parsed.prefix !== prefix) return false;
    const foldedKey = asciiLowerCase(key);
    return folded.some((start) => foldedKey.startsWith(start));
  });
}

/** Conditions that no request can satisfy or fail: an unknown operator, or a value that is not of its type. */
export function findUndecidableConditions(document: PolicyDocument): readonly ConditionReference[] {
  const variables = document.version === '2012-10-17';
  return conditionsWhere(document, (condition) => compileCondition(condition, variables).neverDecided);
}

function conditionsWhere(document: PolicyDocument, accepts: (condition: Condition) => boolean): ConditionReference[] {
  return document.statements.flatMap(({ conditions, sid }, statementIndex) =>
    conditions.filter(accepts).map((condition) => ({ statementIndex, sid, condition })),
  );
}
