/** First allocation at most: a client that announces a lot and sends a little does not get more. */
const firstCapacity = 65_536;

export interface Memory {
  /** Grants memory; false means there is none. */
  reserve(bytes: number): boolean;
}

const nothing: Uint8Array = new Uint8Array(0);

export type Appended = 'ok' | 'too-large' | 'no-memory';

/**
 * Collects one request body. A body that arrives in one piece, the usual case, is kept as it came; anything else is
 * copied into one buffer that doubles as needed, because a list of pieces would cost a client one byte on the wire and
 * this side a hundred in memory for each of them.
 */
export class BodyBuffer {
  readonly #limit: number;
  readonly #expected: number | undefined;
  readonly #memory: Memory;
  #bytes = nothing;
  #length = 0;
  #reserved = 0;

  /** @param expected the announced length, where there is one; never more than `limit` */
  constructor(limit: number, expected: number | undefined, memory: Memory) {
    this.#limit = limit;
    this.#expected = expected;
    this.#memory = memory;
  }

  /** Bytes reserved so far; the owner gives them back once the body is done with. */
  get reserved(): number {
    return this.#reserved;
  }

  /** What arrived, without copying. */
  get bytes(): Uint8Array {
    return this.#bytes.length === this.#length ? this.#bytes : this.#bytes.subarray(0, this.#length);
  }

  /** @param piece owned by the buffer from here on */
  append(piece: Uint8Array): Appended {
    const length = this.#length + piece.length;
    if (length > this.#limit) return 'too-large';
    if (this.#length === 0 && piece.length === this.#expected) {
      if (!this.#claim(piece.length)) return 'no-memory';
      this.#bytes = piece;
    } else {
      if (length > this.#bytes.length && !this.#grow(length)) return 'no-memory';
      this.#bytes.set(piece, this.#length);
    }
    this.#length = length;
    return 'ok';
  }

  #grow(needed: number): boolean {
    const ceiling = this.#expected ?? this.#limit;
    const wanted = this.#length === 0 ? Math.min(firstCapacity, ceiling) : Math.min(this.#bytes.length * 2, ceiling);
    const capacity = Math.max(needed, wanted);
    if (!this.#claim(capacity - this.#bytes.length)) return false;
    const grown = Buffer.allocUnsafeSlow(capacity);
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes.fill(0);
    this.#bytes = grown;
    return true;
  }

  #claim(bytes: number): boolean {
    if (!this.#memory.reserve(bytes)) return false;
    this.#reserved += bytes;
    return true;
  }
}
