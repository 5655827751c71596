import type { ContextLookup, TemplateElement } from './policy-template';
import { fixedElements, resolveTemplate } from './policy-template';
import { type TextTest, anyRun, compileElements } from './wildcard';

/** An ARN has this many parts between colons; the last may hold further colons. */
const partCount = 6;

/** @returns the six parts, or undefined when the text is no ARN */
export function splitArn(text: string): readonly string[] | undefined {
  const parts = text.split(':');
  if (parts.length < partCount || parts[0] !== 'arn') return undefined;
  return [...parts.slice(0, partCount - 1), parts.slice(partCount - 1).join(':')];
}

/**
 * The six parts of a pattern. Only colons written in the policy separate parts: one that comes in with the value of a
 * variable stays inside its part.
 *
 * @returns undefined when there are fewer than six parts; `*` alone stands for every ARN
 */
export function splitArnPattern(elements: readonly TemplateElement[]): readonly TemplateElement[][] | undefined {
  if (elements.length === 1 && elements[0] === anyRun) return Array.from({ length: partCount }, () => [anyRun]);
  const parts: TemplateElement[][] = [[]];
  for (const element of elements) {
    if (typeof element !== 'string') parts.at(-1)?.push(element);
    else {
      for (const [index, piece] of splitLimited(element, partCount - parts.length).entries()) {
        if (index > 0) parts.push([]);
        if (piece !== '') parts.at(-1)?.push(piece);
      }
    }
  }
  return parts.length === partCount ? parts : undefined;
}

/** Splits at no more than `limit` colons; the rest stays whole. */
function splitLimited(text: string, limit: number): string[] {
  const pieces = text.split(':');
  return pieces.length <= limit + 1 ? pieces : [...pieces.slice(0, limit), pieces.slice(limit).join(':')];
}

/** Matches part by part: a wildcard never reaches over a colon, except in the last part. */
export type ArnTest = (parts: readonly string[], context: ContextLookup) => boolean | undefined;

/** @returns a test that answers undefined when a variable of the pattern has no value */
export function compileArnPattern(parts: readonly TemplateElement[][]): ArnTest {
  const fixed = compileFixedParts(parts);
  if (fixed !== undefined) return (values) => everyPartMatches(fixed, values);
  return (values, context) => {
    const resolved: TextTest[] = [];
    for (const part of parts) {
      const elements = resolveTemplate(part, context);
      if (elements === undefined) return undefined;
      resolved.push(compileElements(elements));
    }
    return everyPartMatches(resolved, values);
  };
}

function compileFixedParts(parts: readonly TemplateElement[][]): TextTest[] | undefined {
  const tests: TextTest[] = [];
  for (const part of parts) {
    const elements = fixedElements(part);
    if (elements === undefined) return undefined;
    tests.push(compileElements(elements));
  }
  return tests;
}

function everyPartMatches(tests: readonly TextTest[], values: readonly string[]): boolean {
  return tests.every((test, index) => test(values[index] ?? ''));
}
