import { asciiLowerCase } from './ascii';
import type { PatternClause } from './policy-document';
import { type TextTest, compileElements, wildcardElements } from './wildcard';

/** The compiled Action or NotAction clause. Actions are lower-case throughout. */
export interface ActionTest {
  /** The actions the clause covers when it only names actions in full; undefined when it may cover others. */
  readonly only: ReadonlySet<string> | undefined;
  readonly covers: TextTest;
}

/** Actions compare without case; `*` and `?` are wildcards, and there are no policy variables. */
export function compileActionClause(clause: PatternClause): ActionTest {
  const folded = clause.patterns.map(asciiLowerCase);
  const named = new Set(folded.filter((pattern) => !/[*?]/.test(pattern)));
  const wild = folded.filter((pattern) => !named.has(pattern)).map((text) => compileElements(wildcardElements(text)));
  const listed: TextTest = (action) => named.has(action) || wild.some((matches) => matches(action));
  if (clause.negated) return { only: undefined, covers: (action) => !listed(action) };
  return { only: wild.length === 0 ? named : undefined, covers: listed };
}
