/** `*`: any run of characters, the empty one included. */
export const anyRun = Symbol('*');
/** `?`: exactly one character (code point). */
export const oneCharacter = Symbol('?');

/** A pattern taken apart: literal texts and wildcards. Text inside a literal is never a wildcard. */
export type PatternElement = string | typeof anyRun | typeof oneCharacter;

export type TextTest = (text: string) => boolean;

/** Does the whole text match the pattern with its `*` and `?`? Compares with case. */
export function matchesWildcard(pattern: string, text: string): boolean {
  return matchesElements(wildcardElements(pattern), text);
}

/** Takes a pattern apart at its `*` and `?`; neighbouring `*` become one. */
export function wildcardElements(pattern: string): PatternElement[] {
  const elements: PatternElement[] = [];
  let start = 0;
  for (let index = 0; index <= pattern.length; index++) {
    const character = pattern[index];
    if (character !== undefined && character !== '*' && character !== '?') continue;
    if (index > start) elements.push(pattern.slice(start, index));
    if (character === '?') elements.push(oneCharacter);
    if (character === '*' && elements.at(-1) !== anyRun) elements.push(anyRun);
    start = index + 1;
  }
  return elements;
}

/** The cheapest test for a pattern: equality, prefix, anything, or the general walk. */
export function compileElements(elements: readonly PatternElement[]): TextTest {
  const [first, second] = elements;
  if (elements.length === 0) return (text) => text === '';
  if (elements.length === 1 && first === anyRun) return () => true;
  if (elements.length === 1 && typeof first === 'string') return (text) => text === first;
  if (elements.length === 2 && typeof first === 'string' && second === anyRun) return (text) => text.startsWith(first);
  return (text) => matchesElements(elements, text);
}

/**
 * Walks pattern and text together and remembers only the last `*`: when the rest does not fit, that `*` takes one more
 * character. A failed attempt is never revisited, so the work is at most the product of the two lengths, whatever the
 * pattern; the literal after a `*` is found by search, which makes ordinary patterns one pass over the text.
 */
export function matchesElements(elements: readonly PatternElement[], text: string): boolean {
  let element = 0;
  let position = 0;
  let afterRun = -1;
  let runEnd = 0;
  for (;;) {
    const current = elements[element];
    if (current === anyRun) {
      element += 1;
      if (element === elements.length) return true;
      afterRun = element;
      runEnd = position;
      position = firstFit(elements, element, text, position);
      if (position < 0) return false;
      runEnd = position;
      continue;
    }
    const next = current === undefined ? (position === text.length ? position : -1) : step(current, text, position);
    if (current === undefined && next >= 0) return true;
    if (next >= 0) {
      element += 1;
      position = next;
      continue;
    }
    if (afterRun < 0 || runEnd >= text.length) return false;
    runEnd = firstFit(elements, afterRun, text, runEnd + 1);
    if (runEnd < 0) return false;
    element = afterRun;
    position = runEnd;
  }
}

/** Where the element after a `*` can start at the earliest; -1 when nowhere. */
function firstFit(elements: readonly PatternElement[], element: number, text: string, from: number): number {
  const wanted = elements[element];
  if (typeof wanted !== 'string') return from;
  if (element < elements.length - 1) return text.indexOf(wanted, from);
  const last = text.length - wanted.length;
  return last >= from && text.endsWith(wanted) ? last : -1;
}

/** The position after the element, or -1 when it does not fit here. */
function step(element: string | typeof oneCharacter, text: string, position: number): number {
  if (typeof element === 'string') return text.startsWith(element, position) ? position + element.length : -1;
  const codePoint = text.codePointAt(position);
  return codePoint === undefined ? -1 : position + (codePoint > 0xffff ? 2 : 1);
}
