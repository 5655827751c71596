import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { BoundedSeries } from './bounded-series';
import { Gathered } from './gathered';
import { within } from './within';

/** What a metric is called and what its labels are. */
export interface MetricDefinition<L extends string> {
  /** Prometheus spelling: snake case, base units, counters end in `_total`. */
  readonly name: string;
  /** One sentence for whoever meets the metric in a query editor. */
  readonly help: string;
  readonly labels?: readonly L[];
}

/** The value of every label; values must come from closed tables, never from what a caller sent. */
export type LabelValues<L extends string> = Readonly<Record<L, string>>;

/** One value of a metric that is read when somebody asks. */
export interface Reading<L extends string> {
  readonly labels: LabelValues<L>;
  readonly value: number;
}

/** A plain number for a metric without labels; `undefined` when there is nothing to say, and then nothing is shown. */
export type Readings<L extends string> = number | undefined | readonly Reading<L>[];

/** Of one combination of labels, to be kept by the caller who uses it often. */
export interface Count {
  /** @param by zero or more */
  add(by?: number): void;
}

export interface Observations {
  observe(value: number): void;
}

export interface LabelledCounter<L extends string> {
  with(labels: LabelValues<L>): Count;
}

export interface LabelledHistogram<L extends string> {
  with(labels: LabelValues<L>): Observations;
}

/** What an endpoint answers to a scrape. */
export interface Scrape {
  readonly contentType: string;
  readonly text: string;
}

/** How long a metric that is read at scrape time may take, in milliseconds. */
const readWithinMs = 1_000;

/**
 * The metrics of a process, in the text format of Prometheus. What happens on the path of a request is counted where it
 * happens; what a part of the service knows anyway (lengths of queues, sizes of caches) is read when somebody scrapes.
 *
 * No metric has more than 1,000 combinations of labels: further ones are counted together under `other`.
 */
export class Metrics {
  readonly #registry = new Registry();
  readonly #failures: LabelledCounter<'metric'>;
  #scraping: Promise<Scrape> | undefined;

  constructor() {
    this.#failures = this.counter({
      name: 'keywarden_metric_read_failures_total',
      help: 'Metrics that could not be read for a scrape, which then left them out.',
      labels: ['metric'],
    });
  }

  /** CPU, memory, event loop, garbage collector and handles of the process, under the usual `process_` and `nodejs_` names. */
  collectRuntime(): void {
    collectDefaultMetrics({ register: this.#registry });
  }

  /** @throws Error when the name is taken or not one Prometheus accepts; so do the others below */
  counter<L extends string = never>(definition: MetricDefinition<L>): LabelledCounter<L> {
    const gathered = new Gathered();
    const counter = new Counter<L>({ ...this.#options(definition), collect: () => gathered.flush() });
    return new BoundedSeries(definition.labels ?? [], (labels) => {
      const child = counter.labels(labels);
      child.inc(0);
      return gathered.count((by) => child.inc(by));
    });
  }

  /** @param buckets upper bounds in rising order, in the unit of the name */
  histogram<L extends string = never>(
    definition: MetricDefinition<L>,
    buckets: readonly number[],
  ): LabelledHistogram<L> {
    const gathered = new Gathered();
    const histogram = new Histogram<L>({
      ...this.#options(definition),
      buckets: [...buckets],
      collect: () => gathered.flush(),
    });
    return new BoundedSeries(definition.labels ?? [], (labels) => {
      const child = histogram.labels(labels);
      return gathered.observations((value) => child.observe(value));
    });
  }

  /** A value that goes up and down, asked for at each scrape. */
  gauge<L extends string = never>(
    definition: MetricDefinition<L>,
    read: () => Readings<L> | Promise<Readings<L>>,
  ): void {
    const refill = this.#refill(definition, read);
    const gauge: Gauge<L> = new Gauge<L>({
      ...this.#options(definition),
      collect: () =>
        refill(
          () => empty(gauge),
          (labels, value) => gauge.set(labels, value),
        ),
    });
  }

  /** A total that somebody else keeps, asked for at each scrape. It must never fall. */
  countedElsewhere<L extends string = never>(
    definition: MetricDefinition<L>,
    read: () => Readings<L> | Promise<Readings<L>>,
  ): void {
    const refill = this.#refill(definition, read);
    const counter: Counter<L> = new Counter<L>({
      ...this.#options(definition),
      collect: () =>
        refill(
          () => empty(counter),
          (labels, value) => counter.inc(labels, value),
        ),
    });
  }

  /** All metrics as they are now. However many ask at once, one look is taken and all of them get it. Never rejects. */
  scrape(): Promise<Scrape> {
    this.#scraping ??= this.#registry
      .metrics()
      .then((text) => ({ contentType: this.#registry.contentType, text }))
      .finally(() => {
        this.#scraping = undefined;
      });
    return this.#scraping;
  }

  #options<L extends string>({ name, help, labels = [] }: MetricDefinition<L>) {
    return { name, help, labelNames: [...labels], registers: [this.#registry] };
  }

  /** A reading that fails or hangs costs its own metric this scrape, and nothing else. */
  #refill<L extends string>(
    { name }: MetricDefinition<L>,
    read: () => Readings<L> | Promise<Readings<L>>,
  ): (clear: () => void, put: (labels: LabelValues<L>, value: number) => void) => Promise<void> {
    return async (clear, put) => {
      let readings: Readings<L>;
      try {
        readings = await within(readWithinMs, read());
      } catch {
        this.#failures.with({ metric: name }).add();
      }
      clear();
      if (readings === undefined) return;
      if (typeof readings === 'number') put({} as LabelValues<L>, readings);
      else for (const { labels, value } of readings) put(labels, value);
    };
  }
}

/** Without labels `reset` would leave a 0 behind. */
function empty(metric: Gauge | Counter): void {
  metric.reset();
  metric.remove({});
}
