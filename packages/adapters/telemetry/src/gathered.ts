/** As many observations are held as take a fraction of a millisecond to hand over. */
const mostHeld = 1_024;

/**
 * What was counted and observed since it was last handed over. The library behind the metrics looks series up by the text
 * of their labels each time; done for many at once, and not in the middle of each request, that costs a fraction.
 */
export class Gathered {
  readonly #handOver: (() => void)[] = [];

  /** To be called before the numbers are read. */
  flush(): void {
    for (const handOver of this.#handOver) handOver();
  }

  /** @param inc takes what came together */
  count(inc: (by: number) => void): { add(by?: number): void } {
    let held = 0;
    this.#handOver.push(() => {
      const by = held;
      held = 0;
      if (by > 0) inc(by);
    });
    return {
      add: (by = 1) => {
        if (!(by >= 0 && by < Infinity)) throw new RangeError('a counter counts up');
        held += by;
      },
    };
  }

  observations(observe: (value: number) => void): { observe(value: number): void } {
    let held: number[] = [];
    const handOver = (): void => {
      const values = held;
      held = [];
      for (const value of values) observe(value);
    };
    this.#handOver.push(handOver);
    return {
      observe: (value) => {
        if (!Number.isFinite(value)) throw new RangeError('what is observed is a number');
        held.push(value);
        if (held.length >= mostHeld) handOver();
      },
    };
  }
}
