import {
  type ValueComparison,
  arnLikeness,
  binaryEquality,
  booleanEquality,
  dateOrder,
  equalTo,
  greaterOrEqual,
  greaterThan,
  ipMembership,
  lessOrEqual,
  lessThan,
  numericOrder,
  stringEquality,
  stringEqualityIgnoringCase,
  stringLikeness,
} from './value-comparison';

/** Calls `use` with the comparison, whatever type of value it reads. */
type SomeComparison = <R>(use: <Value>(comparison: ValueComparison<Value>) => R) => R;

export interface BaseOperator {
  readonly comparison: SomeComparison;
  /** The condition holds when no value of the policy matches. */
  readonly negated: boolean;
  /** Policy variables may stand in its values. */
  readonly variables: boolean;
}

const some =
  <Value>(comparison: ValueComparison<Value>): SomeComparison =>
  (use) =>
    use(comparison);

const withVariables = <Value>(comparison: ValueComparison<Value>, negated = false): BaseOperator => ({
  comparison: some(comparison),
  negated,
  variables: true,
});

const plain = <Value>(comparison: ValueComparison<Value>, negated = false): BaseOperator => ({
  comparison: some(comparison),
  negated,
  variables: false,
});

/**
 * Every operator that compares values; `Null` is apart, as it asks only whether the key is there.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
const baseOperators: ReadonlyMap<string, BaseOperator> = new Map([
  ['StringEquals', withVariables(stringEquality)],
  ['StringNotEquals', withVariables(stringEquality, true)],
  ['StringEqualsIgnoreCase', withVariables(stringEqualityIgnoringCase)],
  ['StringNotEqualsIgnoreCase', withVariables(stringEqualityIgnoringCase, true)],
  ['StringLike', withVariables(stringLikeness)],
  ['StringNotLike', withVariables(stringLikeness, true)],
  ['NumericEquals', plain(numericOrder(equalTo))],
  ['NumericNotEquals', plain(numericOrder(equalTo), true)],
  ['NumericLessThan', plain(numericOrder(lessThan))],
  ['NumericLessThanEquals', plain(numericOrder(lessOrEqual))],
  ['NumericGreaterThan', plain(numericOrder(greaterThan))],
  ['NumericGreaterThanEquals', plain(numericOrder(greaterOrEqual))],
  ['DateEquals', plain(dateOrder(equalTo))],
  ['DateNotEquals', plain(dateOrder(equalTo), true)],
  ['DateLessThan', plain(dateOrder(lessThan))],
  ['DateLessThanEquals', plain(dateOrder(lessOrEqual))],
  ['DateGreaterThan', plain(dateOrder(greaterThan))],
  ['DateGreaterThanEquals', plain(dateOrder(greaterOrEqual))],
  ['Bool', withVariables(booleanEquality)],
  ['BinaryEquals', plain(binaryEquality)],
  ['IpAddress', plain(ipMembership)],
  ['NotIpAddress', plain(ipMembership, true)],
  ['ArnEquals', withVariables(arnLikeness)],
  ['ArnLike', withVariables(arnLikeness)],
  ['ArnNotEquals', withVariables(arnLikeness, true)],
  ['ArnNotLike', withVariables(arnLikeness, true)],
]);

export type SetPrefix = 'ForAnyValue' | 'ForAllValues';

export type ConditionOperator =
  | { readonly kind: 'null' }
  | {
      readonly kind: 'comparing';
      readonly base: BaseOperator;
      readonly prefix: SetPrefix | undefined;
      readonly ifExists: boolean;
    };

const spelling = /^(?:(ForAnyValue|ForAllValues):)?([A-Za-z]+?)(IfExists)?$/;

/** Reads `ForAnyValue:StringLikeIfExists` and the like. @returns undefined for an operator that does not exist */
export function parseConditionOperator(name: string): ConditionOperator | undefined {
  if (name === 'Null') return { kind: 'null' };
  const [, prefix, baseName = '', ifExists] = spelling.exec(name) ?? [];
  const base = baseOperators.get(baseName);
  if (base === undefined) return undefined;
  return { kind: 'comparing', base, prefix: prefix as SetPrefix | undefined, ifExists: ifExists !== undefined };
}

/** The names of the operators that compare values, without prefixes and suffixes. */
export const comparingOperatorNames: readonly string[] = [...baseOperators.keys()];
