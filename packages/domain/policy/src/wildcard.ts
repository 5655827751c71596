import { type Piece, findPiece, matchPieceAt, matchPieceAtEnd, oneCharacter } from './wildcard-piece';

/** `*`: any run of characters, the empty one included. */
export const anyRun = Symbol('*');

/** A pattern taken apart: literal texts and wildcards. Text inside a literal is never a wildcard. */
export type PatternElement = string | typeof anyRun | typeof oneCharacter;

export type TextTest = (text: string) => boolean;

/** Does the whole text match the pattern with its `*` and `?`? Compares with case. */
export function matchesWildcard(pattern: string, text: string): boolean {
  return matchesElements(wildcardElements(pattern), text);
}

export function matchesElements(elements: readonly PatternElement[], text: string): boolean {
  return compileElements(elements)(text);
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

/** The cheapest test for a pattern: equality, prefix, anything, or piece by piece. */
export function compileElements(elements: readonly PatternElement[]): TextTest {
  const [first, second] = elements;
  if (elements.length === 0) return (text) => text === '';
  if (elements.length === 1 && first === anyRun) return () => true;
  if (elements.length === 1 && typeof first === 'string') return (text) => text === first;
  if (elements.length === 2 && typeof first === 'string' && second === anyRun) return (text) => text.startsWith(first);
  const [head = [], ...rest] = piecesOf(elements);
  const tail = rest.pop();
  if (tail === undefined) return (text) => matchPieceAt(head, text, 0) === text.length;
  return (text) => matchesPieces(head, rest, tail, text);
}

/** The pieces between the `*`; the first and the last may be empty. */
function piecesOf(elements: readonly PatternElement[]): Piece[] {
  const pieces: Exclude<PatternElement, typeof anyRun>[][] = [[]];
  for (const element of elements) {
    if (element === anyRun) pieces.push([]);
    else pieces.at(-1)?.push(element);
  }
  return pieces;
}

/**
 * The head starts the text, the tail ends it, and the pieces between are found in turn, each as early as possible: a
 * later place can never do better, so nothing is tried twice. The work is in proportion to the text for pieces without
 * `?`, and to the text times a 32nd of the longest piece with `?` at worst.
 */
function matchesPieces(head: Piece, middle: readonly Piece[], tail: Piece, text: string): boolean {
  let position = matchPieceAt(head, text, 0);
  if (position < 0) return false;
  const limit = matchPieceAtEnd(tail, text);
  if (limit < position) return false;
  for (const piece of middle) {
    position = findPiece(piece, text, position);
    if (position < 0 || position > limit) return false;
  }
  return true;
}
