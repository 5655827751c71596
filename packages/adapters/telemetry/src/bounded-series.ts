import type { LabelValues } from './metrics';

/** Combinations of labels that a metric keeps apart. */
const mostSeries = 1_000;

/** One child for each combination of labels, made when it is first asked for; beyond the bound all share one. */
export class BoundedSeries<L extends string, Child> {
  readonly #names: readonly L[];
  readonly #make: (labels: LabelValues<L>) => Child;
  readonly #children = new Map<string, Child>();
  #overflow: Child | undefined;

  constructor(names: readonly L[], make: (labels: LabelValues<L>) => Child) {
    this.#names = names;
    this.#make = make;
    // A metric without labels exists from the start, with 0.
    if (names.length === 0) this.with({} as LabelValues<L>);
  }

  with(labels: LabelValues<L>): Child {
    const name = this.#names.map((label) => labels[label]).join('\n');
    const known = this.#children.get(name);
    if (known !== undefined) return known;
    if (this.#children.size >= mostSeries) return (this.#overflow ??= this.#make(this.#others()));
    const child = this.#make(labels);
    this.#children.set(name, child);
    return child;
  }

  #others(): LabelValues<L> {
    return Object.fromEntries(this.#names.map((label) => [label, 'other'])) as Record<L, string>;
  }
}
