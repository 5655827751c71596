import { asciiLowerCase } from './ascii';
import { type BaseOperator, type SetPrefix, parseConditionOperator } from './condition-operator';
import type { Condition } from './policy-document';
import type { ContextLookup } from './policy-template';
import { type ValueComparison, type ValueTest, parseBoolean } from './value-comparison';

/**
 * Whether a clause of a statement holds. `undecidable` (an unknown operator, a value of the wrong type) never helps the
 * caller: it lets a Deny apply and keeps an Allow from applying.
 */
export type Outcome = 'holds' | 'fails' | 'undecidable';

export interface CompiledCondition {
  /** As written. */
  readonly operator: string;
  /** Lower-case. */
  readonly key: string;
  readonly test: (context: ContextLookup) => Outcome;
  /** Undecidable whatever the request says. */
  readonly neverDecided: boolean;
}

/** @param variables false for a document whose Version knows no policy variables */
export function compileCondition(condition: Condition, variables: boolean): CompiledCondition {
  const key = asciiLowerCase(condition.key);
  const test = compileTest(condition, key, variables);
  return { operator: condition.operator, key, test: test ?? undecidable, neverDecided: test === undefined };
}

const undecidable = (): Outcome => 'undecidable';

/** @returns undefined when the condition cannot be decided whatever the request says */
function compileTest(condition: Condition, key: string, variables: boolean): CompiledCondition['test'] | undefined {
  const operator = parseConditionOperator(condition.operator);
  if (operator === undefined) return undefined;
  if (operator.kind === 'null') return compileNullTest(condition.values, key);
  const { base, prefix, ifExists } = operator;
  const valueTest = base.comparison((comparison) =>
    compileValueTest(comparison, condition.values, base, variables && base.variables),
  );
  if (valueTest === undefined) return undefined;
  const whenMissing = outcomeWithoutKey(base, prefix, ifExists);
  return (context) => {
    const values = context(key);
    const [first] = values ?? [];
    if (values === undefined || first === undefined) return whenMissing;
    if (prefix === 'ForAnyValue') return anyOf(values, valueTest, context);
    if (prefix === 'ForAllValues') return allOf(values, valueTest, context);
    return values.length === 1 ? valueTest(first, context) : 'undecidable';
  };
}

/** `ForAllValues` holds for no values and `ForAnyValue` does not, with or without `IfExists`. */
function outcomeWithoutKey(base: BaseOperator, prefix: SetPrefix | undefined, ifExists: boolean): Outcome {
  if (prefix !== undefined) return prefix === 'ForAllValues' ? 'holds' : 'fails';
  return ifExists || base.negated ? 'holds' : 'fails';
}

/** `Null: true` wants the key to be absent, `false` wants it present. */
function compileNullTest(policyValues: readonly string[], key: string): CompiledCondition['test'] | undefined {
  const wanted = policyValues.map(parseBoolean);
  if (wanted.includes(undefined)) return undefined;
  return (context) => (wanted.includes(!context(key)?.length) ? 'holds' : 'fails');
}

type SingleValueTest = (value: string, context: ContextLookup) => Outcome;

/** One value of the request against all values of the policy: any of them, or for a negated operator none. */
function compileValueTest<Value>(
  comparison: ValueComparison<Value>,
  policyValues: readonly string[],
  { negated }: BaseOperator,
  variables: boolean,
): SingleValueTest | undefined {
  const tests: ValueTest<Value>[] = [];
  for (const policyValue of policyValues) {
    const test = comparison.compile(policyValue, variables);
    if (test === undefined) return undefined;
    tests.push(test);
  }
  return (text, context) => {
    const value = comparison.read(text);
    if (value === undefined) return 'undecidable';
    let unresolved = false;
    for (const test of tests) {
      const matched = test(value, context);
      if (matched === true) return negated ? 'fails' : 'holds';
      unresolved ||= matched === undefined;
    }
    // A variable without a value equals nothing, but "not equal to nothing" is no ground for an Allow.
    if (negated) return unresolved ? 'undecidable' : 'holds';
    return 'fails';
  };
}

function anyOf(values: readonly string[], test: SingleValueTest, context: ContextLookup): Outcome {
  let result: Outcome = 'fails';
  for (const value of values) {
    const outcome = test(value, context);
    if (outcome === 'holds') return 'holds';
    if (outcome === 'undecidable') result = 'undecidable';
  }
  return result;
}

function allOf(values: readonly string[], test: SingleValueTest, context: ContextLookup): Outcome {
  let result: Outcome = 'holds';
  for (const value of values) {
    const outcome = test(value, context);
    if (outcome === 'fails') return 'fails';
    if (outcome === 'undecidable') result = 'undecidable';
  }
  return result;
}
