import { isLowSurrogate } from './ascii';

/** `?`: exactly one character (code point). */
export const oneCharacter = Symbol('?');

/** A stretch of a pattern without `*`: literal texts and single-character wildcards in a row. */
export type Piece = readonly (string | typeof oneCharacter)[];

/** Pieces up to this many characters are looked for by trying every place. */
const shortPiece = 32;

/** The end of the piece when it starts at `start`, or -1 when it does not fit there. */
export function matchPieceAt(piece: Piece, text: string, start: number): number {
  let position = start;
  for (const element of piece) {
    if (element === oneCharacter) {
      if (position >= text.length) return -1;
      position += charactersUnits(text, position);
    } else {
      if (!text.startsWith(element, position)) return -1;
      position += element.length;
    }
  }
  return position;
}

/** The start of the piece when it ends with the text, or -1 when it does not fit there. */
export function matchPieceAtEnd(piece: Piece, text: string): number {
  let position = text.length;
  for (let index = piece.length - 1; index >= 0; index--) {
    const element = piece[index];
    if (typeof element === 'string') {
      if (!text.endsWith(element, position)) return -1;
      position -= element.length;
    } else {
      if (position === 0) return -1;
      const pair = isLowSurrogate(text.charCodeAt(position - 1)) && charactersUnits(text, position - 2) === 2;
      position -= pair ? 2 : 1;
    }
  }
  return position;
}

/** The end of the first occurrence of the piece at or after `from`, or -1. */
export function findPiece(piece: Piece, text: string, from: number): number {
  const [first] = piece;
  if (piece.length === 1 && typeof first === 'string') {
    const start = text.indexOf(first, from);
    return start < 0 ? -1 : start + first.length;
  }
  const characters = piece.flatMap((element) => (typeof element === 'string' ? [...element] : [undefined]));
  if (characters.length > shortPiece) return findLongPiece(characters, text, from);
  for (let start = from; start < text.length; start += charactersUnits(text, start)) {
    const end = matchPieceAt(piece, text, start);
    if (end >= 0) return end;
  }
  return -1;
}

/**
 * Follows all places where the piece may have started at once, one bit a place, so that no text and no pattern make the
 * search slow (the Shift-And method; R. Baeza-Yates and G. Gonnet, A New Approach to Text Searching, 1992).
 *
 * @param characters of the piece; undefined is any
 */
function findLongPiece(characters: readonly (string | undefined)[], text: string, from: number): number {
  const words = Math.ceil(characters.length / 32);
  const wild = new Uint32Array(words);
  for (const [index, character] of characters.entries()) if (character === undefined) setBit(wild, index);
  const masks = new Map<string, Uint32Array>();
  for (const [index, character] of characters.entries()) {
    if (character === undefined) continue;
    const mask = masks.get(character) ?? wild.slice();
    setBit(mask, index);
    masks.set(character, mask);
  }
  const lastBit = 2 ** ((characters.length - 1) % 32);
  const state = new Uint32Array(words);
  let position = from;
  while (position < text.length) {
    const end = position + charactersUnits(text, position);
    advance(state, masks.get(text.slice(position, end)) ?? wild);
    position = end;
    if (((state[words - 1] ?? 0) & lastBit) !== 0) return position;
  }
  return -1;
}

/** One character on: every place moves by one bit and stays only where the character fits. */
function advance(state: Uint32Array, mask: Uint32Array): void {
  let carry = 1;
  for (let word = 0; word < state.length; word++) {
    const before = state[word] ?? 0;
    state[word] = ((before << 1) | carry) & (mask[word] ?? 0);
    carry = before >>> 31;
  }
}

function setBit(bits: Uint32Array, index: number): void {
  bits[index >> 5] = (bits[index >> 5] ?? 0) | (1 << (index & 31));
}

/** How many UTF-16 units the character at this position takes. */
function charactersUnits(text: string, position: number): 1 | 2 {
  return (text.codePointAt(position) ?? 0) > 0xffff ? 2 : 1;
}
