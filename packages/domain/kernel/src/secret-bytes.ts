/** Bytes that must not be printed, logged or serialised. Zeroing is best effort: the runtime may have copied them. */
export class SecretBytes {
  #bytes: Uint8Array | undefined;

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The caller keeps `source` and should wipe it. */
  static copyOf(source: Uint8Array): SecretBytes {
    return new SecretBytes(Uint8Array.from(source));
  }

  /** Takes the array over without copying: the caller must not use `bytes` afterwards. */
  static adopt(bytes: Uint8Array): SecretBytes {
    return new SecretBytes(bytes);
  }

  /** Number of bytes. */
  get length(): number {
    return this.#held().length;
  }

  /** Lends the bytes for the length of the call; the borrower keeps no reference. */
  expose<T>(borrow: (bytes: Uint8Array) => T): T {
    return borrow(this.#held());
  }

  [Symbol.dispose](): void {
    this.#bytes?.fill(0);
    this.#bytes = undefined;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]';
  }

  #held(): Uint8Array {
    if (this.#bytes === undefined) throw new TypeError('secret bytes were already disposed');
    return this.#bytes;
  }
}
