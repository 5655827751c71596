import { asciiLowerCase } from './ascii';
import type { PatternClause } from './policy-document';
import { type TextTest, compileElements, wildcardElements } from './wildcard';

/** The compiled Action or NotAction clause. Actions are lower-case throughout. */
export interface ActionTest {
  /** The actions written in full, without wildcards. */
  readonly named: readonly string[];
  /** Whether the clause can cover an action that no clause of the document names in full. */
  readonly reachesBeyondNamed: boolean;
  readonly covers: TextTest;
}

/** Actions compare without case; `*` and `?` are wildcards, and there are no policy variables. */
export function compileActionClause(clause: PatternClause): ActionTest {
  const folded = clause.patterns.map(asciiLowerCase);
  const named = folded.filter((pattern) => !/[*?]/.test(pattern));
  const exact = new Set(named);
  const wild = folded.filter((pattern) => !exact.has(pattern)).map((text) => compileElements(wildcardElements(text)));
  const listed: TextTest = (action) => exact.has(action) || wild.some((matches) => matches(action));
  if (clause.negated) return { named, reachesBeyondNamed: true, covers: (action) => !listed(action) };
  return { named, reachesBeyondNamed: wild.length > 0, covers: listed };
}
