import { compileArnPattern, splitArn, splitArnPattern } from './arn-pattern';
import { asciiLowerCase } from './ascii';
import { isCanonicalBase64 } from './base64-value';
import { parseDateValue } from './date-value';
import { compareDecimals, parseDecimal } from './decimal-number';
import { type IpRange, isInRange, parseIpAddress, parseIpRange } from './ip-range';
import { type ContextLookup, fixedElements, parseTemplate, resolveTemplate } from './policy-template';
import { type PatternElement, compileElements, matchesElements } from './wildcard';

/** Compares one value of the request with one of the policy; undefined: a policy variable has no value. */
export type ValueTest<Value> = (value: Value, context: ContextLookup) => boolean | undefined;

/** What an operator does with a pair of values. `Value` is the request's value once read. */
export interface ValueComparison<Value> {
  /** Reads a value of the request; undefined when it is not of the operator's type. */
  read(value: string): Value | undefined;
  /** Prepares a value of the policy; undefined when it is not of the operator's type. */
  compile(policyValue: string, variables: boolean): ValueTest<Value> | undefined;
}

type OrderTest = (difference: number) => boolean;

export const equalTo: OrderTest = (difference) => difference === 0;
export const lessThan: OrderTest = (difference) => difference < 0;
export const lessOrEqual: OrderTest = (difference) => difference <= 0;
export const greaterThan: OrderTest = (difference) => difference > 0;
export const greaterOrEqual: OrderTest = (difference) => difference >= 0;

const same = (value: string): string => value;

export const stringEquality: ValueComparison<string> = {
  read: same,
  compile: (policyValue, variables) => compileText(policyValue, variables, same),
};

/** Without regard to the case of A–Z; every other character compares as it is. */
export const stringEqualityIgnoringCase: ValueComparison<string> = {
  read: asciiLowerCase,
  compile: (policyValue, variables) => compileText(policyValue, variables, asciiLowerCase),
};

/** Equality with a text that may contain variables. */
function compileText(
  policyValue: string,
  variables: boolean,
  fold: (text: string) => string,
): ValueTest<string> | undefined {
  const template = parseTemplate(policyValue, { wildcards: false, variables });
  if (template === undefined) return undefined;
  const fixed = fixedElements(template);
  if (fixed !== undefined) {
    const wanted = fold(textOf(fixed));
    return (value) => value === wanted;
  }
  return (value, context) => {
    const resolved = resolveTemplate(template, context);
    return resolved === undefined ? undefined : value === fold(textOf(resolved));
  };
}

/** The text of elements that hold no wildcard: none or one literal. */
function textOf(elements: readonly PatternElement[]): string {
  return elements.filter((element) => typeof element === 'string').join('');
}

export const stringLikeness: ValueComparison<string> = {
  read: same,
  compile: (policyValue, variables) => {
    const template = parseTemplate(policyValue, { wildcards: true, variables });
    if (template === undefined) return undefined;
    const fixed = fixedElements(template);
    if (fixed !== undefined) return compileElements(fixed);
    return (value, context) => {
      const resolved = resolveTemplate(template, context);
      return resolved === undefined ? undefined : matchesElements(resolved, value);
    };
  },
};

export const arnLikeness: ValueComparison<readonly string[]> = {
  read: splitArn,
  compile: (policyValue, variables) => {
    const template = parseTemplate(policyValue, { wildcards: true, variables });
    const parts = template === undefined ? undefined : splitArnPattern(template);
    return parts === undefined ? undefined : compileArnPattern(parts);
  },
};

function ordered<Value>(
  read: (text: string) => Value | undefined,
  compare: (a: Value, b: Value) => number,
  accepts: OrderTest,
): ValueComparison<Value> {
  return {
    read,
    compile: (policyValue) => {
      const wanted = read(policyValue);
      return wanted === undefined ? undefined : (value) => accepts(compare(value, wanted));
    },
  };
}

export const numericOrder = (accepts: OrderTest) => ordered(parseDecimal, compareDecimals, accepts);

export const dateOrder = (accepts: OrderTest) => ordered(parseDateValue, (a, b) => a - b, accepts);

/** Both sides in base64; a request value that is binary is handed over in base64. */
export const binaryEquality = ordered(
  (text) => (isCanonicalBase64(text) ? text : undefined),
  (a, b) => (a === b ? 0 : 1),
  equalTo,
);

export const ipMembership: ValueComparison<readonly number[]> = {
  read: parseIpAddress,
  compile: (policyValue) => {
    const range: IpRange | undefined = parseIpRange(policyValue);
    return range === undefined ? undefined : (address) => isInRange(address, range);
  },
};

/** `true` or `false` in any case; undefined for anything else. */
export function parseBoolean(text: string): boolean | undefined {
  const lower = asciiLowerCase(text);
  if (lower === 'true') return true;
  return lower === 'false' ? false : undefined;
}

export const booleanEquality: ValueComparison<boolean> = {
  read: parseBoolean,
  compile: (policyValue, variables) => {
    const wanted = parseBoolean(policyValue);
    if (wanted !== undefined) return (value) => value === wanted;
    const template = parseTemplate(policyValue, { wildcards: false, variables });
    if (template === undefined || fixedElements(template) !== undefined) return undefined;
    return (value, context) => {
      const resolved = resolveTemplate(template, context);
      return resolved === undefined ? undefined : parseBoolean(textOf(resolved)) === value;
    };
  },
};
