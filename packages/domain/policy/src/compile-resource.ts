import type { Outcome } from './compile-condition';
import type { PatternClause } from './policy-document';
import { type ContextLookup, fixedElements, parseTemplate, resolveTemplate } from './policy-template';
import { compileElements, matchesElements } from './wildcard';

/** @param resources every name of the one resource the request is about */
export type ResourceTest = (resources: readonly string[], context: ContextLookup) => Outcome;

/** One pattern against one name; undefined: a policy variable has no value. */
type NameTest = (resource: string, context: ContextLookup) => boolean | undefined;

/**
 * Resource and NotResource: ARNs compare with case, and a `*` may reach over colons.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function compileResourceClause(clause: PatternClause, variables: boolean): ResourceTest {
  const tests = clause.patterns.map((pattern) => compilePattern(pattern, variables));
  const everything = !clause.negated && clause.patterns.includes('*');
  return (resources, context) => {
    if (resources.length === 0) return 'undecidable';
    if (everything) return 'holds';
    let unresolved = false;
    for (const test of tests) {
      for (const resource of resources) {
        const matched = test(resource, context);
        if (matched === true) return clause.negated ? 'fails' : 'holds';
        unresolved ||= matched === undefined;
      }
    }
    if (!clause.negated) return 'fails';
    return unresolved ? 'undecidable' : 'holds';
  };
}

function compilePattern(pattern: string, variables: boolean): NameTest {
  const template = parseTemplate(pattern, { wildcards: true, variables });
  if (template === undefined) return () => undefined;
  const fixed = fixedElements(template);
  if (fixed !== undefined) return compileElements(fixed);
  return (resource, context) => {
    const resolved = resolveTemplate(template, context);
    return resolved === undefined ? undefined : matchesElements(resolved, resource);
  };
}
