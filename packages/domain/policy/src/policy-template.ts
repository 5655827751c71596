import { asciiLowerCase } from './ascii';
import { type PatternElement, anyRun, wildcardElements } from './wildcard';

/** Values of a condition key of the request; the key is lower-case. Undefined or empty: the request has no such key. */
export type ContextLookup = (key: string) => readonly string[] | undefined;

/** A policy variable: `${aws:username}` or `${aws:username, 'nobody'}`. */
export interface PolicyVariable {
  /** Lower-case. */
  readonly key: string;
  readonly fallback: string | undefined;
}

export type TemplateElement = PatternElement | PolicyVariable;

/** Which characters of a policy string mean something else than themselves. */
export interface TemplateSyntax {
  readonly wildcards: boolean;
  /** Policy variables exist since Version 2012-10-17; before, `${…}` is plain text. */
  readonly variables: boolean;
}

const specialCharacters: ReadonlySet<string> = new Set(['*', '?', '$']);

/**
 * Takes a string of a policy apart into literals, wildcards and variables.
 *
 * @returns undefined when a `${` does not start a well-formed variable
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function parseTemplate(text: string, syntax: TemplateSyntax): TemplateElement[] | undefined {
  const elements: TemplateElement[] = [];
  const addPlain = (plain: string): void => {
    for (const element of syntax.wildcards ? wildcardElements(plain) : [plain]) addElement(elements, element);
  };
  let rest = 0;
  while (syntax.variables) {
    const open = text.indexOf('${', rest);
    if (open < 0) break;
    addPlain(text.slice(rest, open));
    const variable = parseVariable(text, open + 2);
    if (variable === undefined) return undefined;
    addElement(elements, variable.element);
    rest = variable.end;
  }
  addPlain(text.slice(rest));
  return elements;
}

function addElement<E extends TemplateElement>(elements: (E | string)[], element: E | string): void {
  const last = elements.at(-1);
  if (element === '' || (element === anyRun && last === anyRun)) return;
  if (typeof element === 'string' && typeof last === 'string') elements[elements.length - 1] = last + element;
  else elements.push(element);
}

/** Reads what follows `${`; `end` is the position after the closing brace. */
function parseVariable(text: string, start: number): { element: TemplateElement; end: number } | undefined {
  const special = text[start] ?? '';
  if (specialCharacters.has(special) && text[start + 1] === '}') return { element: special, end: start + 2 };
  let end = start;
  while (end < text.length && !"},'{".includes(text.charAt(end))) end += 1;
  const key = asciiLowerCase(text.slice(start, end).trim());
  if (key === '' || /[*?$]/.test(key)) return undefined;
  if (text[end] === '}') return { element: { key, fallback: undefined }, end: end + 1 };
  if (text[end] !== ',') return undefined;
  const quote = skipSpaces(text, end + 1);
  const close = text.indexOf("'", quote + 1);
  if (text[quote] !== "'" || close < 0) return undefined;
  const brace = skipSpaces(text, close + 1);
  if (text[brace] !== '}') return undefined;
  return { element: { key, fallback: text.slice(quote + 1, close) }, end: brace + 1 };
}

function skipSpaces(text: string, position: number): number {
  let end = position;
  while (text[end] === ' ') end += 1;
  return end;
}

/** The elements as they are when none is a variable; undefined when the pattern depends on the request. */
export function fixedElements(elements: readonly TemplateElement[]): PatternElement[] | undefined {
  const fixed = elements.filter((element) => typeof element !== 'object');
  return fixed.length === elements.length ? fixed : undefined;
}

/**
 * Puts the values of the request in place of the variables. A value is a literal: `*`, `?` and `${` inside it mean
 * themselves. A variable needs exactly one value or a default.
 *
 * @returns undefined when a variable has no value
 */
export function resolveTemplate(
  elements: readonly TemplateElement[],
  context: ContextLookup,
): PatternElement[] | undefined {
  const resolved: PatternElement[] = [];
  for (const element of elements) {
    if (typeof element !== 'object') addElement(resolved, element);
    else {
      const values = context(element.key);
      const value = values?.length === 1 ? values[0] : values?.length ? undefined : element.fallback;
      if (value === undefined) return undefined;
      addElement(resolved, value);
    }
  }
  return resolved;
}
