/**
 * Remembers what a pure function made of texts that come again and again, such as the names of headers. Bounded: short
 * texts alone, and when it is full it begins anew, so that who sends ever other texts gains nothing by it.
 */
export class Memo<T> {
  readonly #known = new Map<string, T>();

  /** @param make must depend on its argument alone */
  constructor(
    private readonly make: (text: string) => T,
    private readonly capacity: number,
    private readonly longest: number,
  ) {}

  of(text: string): T {
    const known = this.#known.get(text);
    return known === undefined ? this.#remember(text) : known;
  }

  #remember(text: string): T {
    const made = this.make(text);
    if (text.length > this.longest) return made;
    if (this.#known.size >= this.capacity) this.#known.clear();
    this.#known.set(text, made);
    return made;
  }
}
