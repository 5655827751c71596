import type { SecretBytes } from '@keywarden/kernel';
import type { JsonReader } from './json-reader';
import type { Violation } from './wire-refusal';

/** Consumes a present, non-null value; `path` is where violations are reported. */
export type Decoder = (reader: JsonReader, decoding: Decoding, path: string) => unknown;

/** Further violations of one body are not listed: a hostile body must not grow an answer without bound. */
export const maximumViolations = 500;

/** What one decoding collects on its way. */
export class Decoding {
  #violations: Violation[] = [];
  #secrets: SecretBytes[] = [];
  #count = 0;

  get violations(): readonly Violation[] {
    return this.#violations;
  }

  get violationCount(): number {
    return this.#violations.length;
  }

  violate(path: string, value: string | null | undefined, constraint: string): void {
    this.#count += 1;
    if (this.#count <= maximumViolations) this.#violations.push({ path, value, constraint });
  }

  /** Takes the violations after the first `count` out again. */
  takeAfter(count: number): readonly Violation[] {
    return this.#violations.splice(count);
  }

  putBack(violations: readonly Violation[]): void {
    this.#violations.push(...violations);
  }

  /** Keeps track of a secret so that a refused request leaves none behind. */
  own(secret: SecretBytes): SecretBytes {
    this.#secrets.push(secret);
    return secret;
  }

  wipe(): void {
    for (const secret of this.#secrets) secret[Symbol.dispose]();
  }
}
