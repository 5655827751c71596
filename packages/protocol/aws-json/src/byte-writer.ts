import { Buffer } from 'node:buffer';
import { base64Length, encodeBase64Into } from './base64';

const quote = 0x22;
const backslash = 0x5c;

/** Grows a byte buffer of its own; outgrown buffers are wiped, because they may hold secrets. */
export class ByteWriter {
  #buffer = Buffer.allocUnsafeSlow(512);
  #length = 0;

  /** Text known to be ASCII. */
  ascii(text: string): void {
    this.#reserve(text.length);
    for (let index = 0; index < text.length; index += 1) this.#buffer[this.#length + index] = text.charCodeAt(index);
    this.#length += text.length;
  }

  /** A JSON string. */
  string(text: string): void {
    this.#reserve(text.length + 2);
    const start = this.#length;
    const buffer = this.#buffer;
    let to = start;
    buffer[to++] = quote;
    for (let index = 0; index < text.length; index += 1) {
      const unit = text.charCodeAt(index);
      if (unit < 0x20 || unit > 0x7e || unit === quote || unit === backslash) {
        return this.#utf8(JSON.stringify(text));
      }
      buffer[to++] = unit;
    }
    buffer[to++] = quote;
    this.#length = to;
  }

  /** A JSON string holding base64. */
  base64(bytes: Uint8Array): void {
    const length = base64Length(bytes.length);
    this.#reserve(length + 2);
    this.#buffer[this.#length] = quote;
    encodeBase64Into(bytes, this.#buffer, this.#length + 1);
    this.#buffer[this.#length + length + 1] = quote;
    this.#length += length + 2;
  }

  /** The bytes written; the writer is not to be used afterwards. */
  finish(): Uint8Array {
    return new Uint8Array(this.#buffer.buffer, this.#buffer.byteOffset, this.#length);
  }

  #utf8(text: string): void {
    this.#reserve(text.length * 3);
    this.#length += this.#buffer.write(text, this.#length, 'utf8');
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer.fill(0);
    this.#buffer = grown;
  }
}
