import type { Result } from '@keywarden/kernel';
import { isLowSurrogate } from './ascii';
import { type JsonProblem, type PolicyRefusal, pointer } from './policy-refusal';
import { exitWith, readOrRefuse } from './refusal-exit';

/**
 * A JSON value as it was written. Members are a list and not a JavaScript object, so that no name (`__proto__`,
 * `constructor`) is special; a number keeps its spelling.
 */
export type JsonValue =
  | { readonly kind: 'object'; readonly members: readonly (readonly [name: string, value: JsonValue])[] }
  | { readonly kind: 'array'; readonly items: readonly JsonValue[] }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'boolean'; readonly text: 'true' | 'false' }
  | { readonly kind: 'null' };

/**
 * Reads JSON as RFC 8259 defines it, and refuses what lenient readers disagree about: a name twice in one object, lone
 * surrogates, and more nesting than `maxDepth`.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8259
 */
export function parseJsonText(text: string, maxDepth: number): Result<JsonValue, PolicyRefusal> {
  return readOrRefuse(() => new JsonReader(text, maxDepth).document());
}

const numberPattern = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const hexPattern = /[0-9a-fA-F]{4}/y;
const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

class JsonReader {
  #position = 0;

  constructor(
    private readonly text: string,
    private readonly maxDepth: number,
  ) {}

  document(): JsonValue {
    const value = this.#value('', 0);
    this.#skipSpace();
    if (this.#position < this.text.length) this.#fail('text-after-value');
    return value;
  }

  #value(at: string, depth: number): JsonValue {
    this.#skipSpace();
    const character = this.text[this.#position];
    switch (character) {
      case undefined:
        return this.#fail('unexpected-end');
      case '{':
        return this.#object(at, depth + 1);
      case '[':
        return this.#array(at, depth + 1);
      case '"':
        return { kind: 'string', text: this.#string() };
      default:
        return this.#literal();
    }
  }

  #object(at: string, depth: number): JsonValue {
    this.#enter(depth);
    const members: [string, JsonValue][] = [];
    const names = new Set<string>();
    if (!this.#closes('}')) {
      do {
        this.#skipSpace();
        const name = this.#string();
        if (names.has(name)) exitWith({ code: 'DuplicateKey', at, key: name });
        names.add(name);
        this.#expect(':');
        members.push([name, this.#value(pointer(at, name), depth)]);
      } while (this.#continues('}'));
    }
    return { kind: 'object', members };
  }

  #array(at: string, depth: number): JsonValue {
    this.#enter(depth);
    const items: JsonValue[] = [];
    if (!this.#closes(']')) {
      do items.push(this.#value(pointer(at, items.length), depth));
      while (this.#continues(']'));
    }
    return { kind: 'array', items };
  }

  #literal(): JsonValue {
    for (const word of ['true', 'false'] as const) if (this.#takes(word)) return { kind: 'boolean', text: word };
    if (this.#takes('null')) return { kind: 'null' };
    numberPattern.lastIndex = this.#position;
    const number = numberPattern.exec(this.text)?.[0];
    if (number === undefined) return this.#fail('unexpected-character');
    this.#position += number.length;
    return { kind: 'number', text: number };
  }

  #string(): string {
    if (this.text[this.#position] !== '"') this.#failHere();
    this.#position += 1;
    let result = '';
    let start = this.#position;
    for (;;) {
      const unit = this.text.charCodeAt(this.#position);
      if (Number.isNaN(unit)) this.#fail('unexpected-end');
      if (unit < 0x20) this.#fail('control-character');
      if (unit === 0x22 || unit === 0x5c) {
        result += this.text.slice(start, this.#position);
        this.#position += 1;
        if (unit === 0x22) break;
        result += this.#escape();
        start = this.#position;
      } else this.#position += 1;
    }
    if (!isWellFormed(result)) this.#fail('lone-surrogate');
    return result;
  }

  /** The character after a backslash, which is already behind the position. */
  #escape(): string {
    const letter = this.text[this.#position];
    if (letter === undefined) return this.#fail('unexpected-end');
    this.#position += 1;
    if (letter === 'u') {
      hexPattern.lastIndex = this.#position;
      const hex = hexPattern.exec(this.text)?.[0];
      if (hex === undefined) return this.#fail('bad-escape');
      this.#position += 4;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    return escapes.get(letter) ?? this.#fail('bad-escape');
  }

  #enter(depth: number): void {
    if (depth > this.maxDepth) {
      exitWith({ code: 'NestedTooDeep', offset: this.#position, maxDepth: this.maxDepth });
    }
    this.#position += 1;
  }

  #closes(bracket: string): boolean {
    this.#skipSpace();
    return this.#takes(bracket);
  }

  #continues(bracket: string): boolean {
    this.#skipSpace();
    if (this.#takes(',')) return true;
    if (this.#takes(bracket)) return false;
    return this.#failHere();
  }

  #expect(character: string): void {
    this.#skipSpace();
    if (!this.#takes(character)) this.#failHere();
  }

  #takes(expected: string): boolean {
    if (!this.text.startsWith(expected, this.#position)) return false;
    this.#position += expected.length;
    return true;
  }

  #skipSpace(): void {
    for (;;) {
      const unit = this.text.charCodeAt(this.#position);
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return;
      this.#position += 1;
    }
  }

  #failHere(): never {
    return this.#fail(this.#position < this.text.length ? 'unexpected-character' : 'unexpected-end');
  }

  #fail(problem: JsonProblem): never {
    exitWith({ code: 'InvalidJson', offset: this.#position, problem });
  }
}

function isWellFormed(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0xd800 || unit > 0xdfff) continue;
    if (unit > 0xdbff || !isLowSurrogate(text.charCodeAt(index + 1))) return false;
    index += 1;
  }
  return true;
}
