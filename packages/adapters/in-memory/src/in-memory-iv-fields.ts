import type { IvFields } from '@keywarden/custom-key-stores';

/** IV fields in a Set. */
export class InMemoryIvFields implements IvFields {
  readonly #reserved = new Set<string>();

  async reserve(field: Uint8Array): Promise<boolean> {
    const known = this.#reserved.size;
    return this.#reserved.add(field.join()).size > known;
  }
}
