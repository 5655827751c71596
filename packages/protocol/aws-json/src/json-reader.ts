import { Buffer, isUtf8 } from 'node:buffer';
import { decodeBase64 } from './base64';

/** Objects and arrays inside one another, the outermost included. */
export const maximumDepth = 32;

/** Thrown inside this package and turned into a `WireRefusal` at its border. Never carries content of the body. */
export class NotReadable extends Error {}

export function malformed(): NotReadable {
  return new NotReadable('The request body is not valid JSON.');
}

export const enum Token {
  quote = 0x22,
  comma = 0x2c,
  minus = 0x2d,
  zero = 0x30,
  nine = 0x39,
  colon = 0x3a,
  openBracket = 0x5b,
  backslash = 0x5c,
  closeBracket = 0x5d,
  f = 0x66,
  n = 0x6e,
  t = 0x74,
  openBrace = 0x7b,
  closeBrace = 0x7d,
}

const escapes = new Map<number, number>([
  [0x22, 0x22],
  [0x5c, 0x5c],
  [0x2f, 0x2f],
  [0x62, 0x08],
  [0x66, 0x0c],
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
]);

const isDigit = (code: number): boolean => code >= Token.zero && code <= Token.nine;

/**
 * A cursor over the bytes of one JSON text (RFC 8259), strict: valid UTF-8 only, bounded depth, no repeated member, no
 * lone surrogate, nothing after the value. It hands out raw text ranges so that secrets need not become strings.
 *
 * Every method throws `NotReadable` when the text is not what it must be.
 */
export class JsonReader {
  readonly bytes: Buffer;
  /** Range between the quotes of the string last read, and what is in it. */
  textStart = 0;
  textEnd = 0;
  textEscaped = false;
  #textAscii = true;
  #at = 0;
  #depth = 0;

  constructor(bytes: Uint8Array) {
    if (!isUtf8(bytes)) throw new NotReadable('The request body is not valid UTF-8.');
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** First byte of the next token, -1 at the end; does not consume it. */
  peek(): number {
    for (;;) {
      const code = this.#code();
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return code;
      this.#at += 1;
    }
  }

  /** Enters an object or array whose opening bracket is next. */
  open(): void {
    this.#depth += 1;
    if (this.#depth > maximumDepth) throw new NotReadable('The request body is nested too deeply.');
    this.#at += 1;
  }

  /** Steps to the next member; false when `close` was consumed instead. */
  next(close: Token.closeBrace | Token.closeBracket, first: boolean): boolean {
    const code = this.peek();
    if (code === close) {
      this.#depth -= 1;
      this.#at += 1;
      return false;
    }
    if (first) return true;
    if (code !== Token.comma) throw malformed();
    this.#at += 1;
    return true;
  }

  /** Reads a member name and its colon, leaving the name in the text range. */
  name(): void {
    this.text();
    if (this.peek() !== Token.colon) throw malformed();
    this.#at += 1;
  }

  /** Consumes a string and remembers its range. */
  text(): void {
    if (this.peek() !== Token.quote) throw malformed();
    const bytes = this.bytes;
    let at = this.#at + 1;
    let bits = 0;
    this.textStart = at;
    this.textEscaped = false;
    for (;;) {
      const code = bytes[at];
      if (code === undefined || code < 0x20) throw malformed();
      if (code === Token.quote) break;
      if (code === Token.backslash) {
        this.textEscaped = true;
        at += 1;
      }
      bits |= code;
      at += 1;
    }
    this.textEnd = at;
    this.#textAscii = bits < 0x80;
    this.#at = at + 1;
  }

  /** The string in the text range. */
  textValue(): string {
    if (!this.textEscaped) {
      return this.bytes.toString(this.#textAscii ? 'latin1' : 'utf8', this.textStart, this.textEnd);
    }
    const value = this.#unescape();
    if (!value.isWellFormed()) throw new NotReadable('The request body holds a lone surrogate.');
    return value;
  }

  /**
   * The bytes whose base64 stands in the text range, made without a string in between.
   *
   * @returns undefined when the text is not canonical base64
   */
  base64Value(): Uint8Array | undefined {
    if (!this.textEscaped) return decodeBase64(this.bytes, this.textStart, this.textEnd);
    const plain = new Uint8Array(this.textEnd - this.textStart);
    let length = 0;
    for (let at = this.textStart; at < this.textEnd; length += 1) {
      const escaped = this.bytes[at] === Token.backslash;
      const unit = escaped ? this.#escapeAt(at) : (this.bytes[at] ?? 0);
      plain[length] = unit < 0x80 ? unit : 0;
      at += escaped ? this.#escapeLength(at) : 1;
    }
    const decoded = decodeBase64(plain, 0, length);
    plain.fill(0);
    return decoded;
  }

  number(): number {
    this.peek();
    const start = this.#at;
    if (this.#code() === Token.minus) this.#at += 1;
    const whole = this.#at;
    this.#digits();
    if (this.bytes[whole] === Token.zero && this.#at > whole + 1) throw malformed();
    if (this.#code() === 0x2e) {
      this.#at += 1;
      this.#digits();
    }
    if ((this.#code() | 0x20) === 0x65) {
      this.#at += 1;
      const sign = this.#code();
      if (sign === Token.minus || sign === 0x2b) this.#at += 1;
      this.#digits();
    }
    return Number(this.bytes.toString('latin1', start, this.#at));
  }

  /** Consumes `true`, `false` or `null`, of which the first letter has been seen. */
  keyword(word: 'true' | 'false' | 'null'): void {
    this.peek();
    for (let index = 0; index < word.length; index += 1) {
      if (this.bytes[this.#at + index] !== word.charCodeAt(index)) throw malformed();
    }
    this.#at += word.length;
  }

  /** Consumes a value nobody asked for; it must still be well formed. */
  skip(): void {
    switch (this.peek()) {
      case Token.quote:
        this.text();
        if (this.textEscaped) this.textValue();
        return;
      case Token.openBrace:
        return this.#skipObject();
      case Token.openBracket:
        this.open();
        for (let first = true; this.next(Token.closeBracket, first); first = false) this.skip();
        return;
      case Token.t:
        return this.keyword('true');
      case Token.f:
        return this.keyword('false');
      case Token.n:
        return this.keyword('null');
      default:
        this.number();
    }
  }

  end(): void {
    if (this.peek() !== -1) throw malformed();
  }

  #skipObject(): void {
    const names = new Set<string>();
    this.open();
    for (let first = true; this.next(Token.closeBrace, first); first = false) {
      this.name();
      const name = this.textValue();
      if (names.has(name)) throw repeatedMember();
      names.add(name);
      this.skip();
    }
  }

  #code(): number {
    return this.#at < this.bytes.length ? (this.bytes[this.#at] ?? -1) : -1;
  }

  #digits(): void {
    if (!isDigit(this.#code())) throw malformed();
    while (isDigit(this.#code())) this.#at += 1;
  }

  #unescape(): string {
    let value = '';
    let plain = this.textStart;
    for (let at = plain; at < this.textEnd; at += 1) {
      if (this.bytes[at] !== Token.backslash) continue;
      value += this.bytes.toString('utf8', plain, at) + String.fromCharCode(this.#escapeAt(at));
      plain = at + this.#escapeLength(at);
      at = plain - 1;
    }
    return value + this.bytes.toString('utf8', plain, this.textEnd);
  }

  /** The UTF-16 unit that the escape sequence at `at` stands for. */
  #escapeAt(at: number): number {
    const code = this.bytes[at + 1] ?? 0;
    const unit = code === 0x75 ? this.#hex(at + 2) : escapes.get(code);
    if (unit === undefined) throw malformed();
    return unit;
  }

  #escapeLength(at: number): number {
    return this.bytes[at + 1] === 0x75 ? 6 : 2;
  }

  #hex(start: number): number {
    const digits = start + 4 <= this.textEnd ? this.bytes.toString('latin1', start, start + 4) : '';
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw malformed();
    return Number.parseInt(digits, 16);
  }
}

export function repeatedMember(): NotReadable {
  return new NotReadable('The request body names a member twice.');
}
