import type { ChainedRecord } from '@keywarden/audit';
import type { Timers } from './ports';

/** Somewhere else that records go to, beside the trail: a copy, which proves nothing and delays nothing. */
export interface RecordSink {
  /** For logs and metrics; never with credentials. */
  readonly name: string;
  /** Rejects within a bounded time when the records did not arrive. */
  write(records: readonly ChainedRecord[]): Promise<void>;
  close(): Promise<void>;
}

export interface SinkState {
  readonly name: string;
  readonly waiting: number;
  readonly written: number;
  /** Records that were given up: more were waiting than are held. */
  readonly dropped: number;
  readonly failing: boolean;
}

export interface SinkOptions {
  /** Records held for one sink; beyond it the oldest are dropped. */
  readonly capacity: number;
  readonly batch: number;
  readonly retryMs: { readonly first: number; readonly most: number };
}

export const usualSinkOptions: SinkOptions = { capacity: 50_000, batch: 500, retryMs: { first: 200, most: 30_000 } };

/**
 * Hands durable records to sinks, each with a queue of its own: a slow or dead one delays neither calls nor the other
 * sinks, and what it misses is counted.
 */
export class RecordSinks {
  readonly #lanes: readonly Lane[];

  constructor(
    sinks: readonly RecordSink[],
    timers: Timers,
    onChange: (change: { readonly sink: string; readonly failing: boolean; readonly fault?: unknown }) => void,
    options: SinkOptions = usualSinkOptions,
  ) {
    this.#lanes = sinks.map((sink) => new Lane(sink, timers, onChange, options));
  }

  /** Takes records that are durable. Never throws, never waits. */
  take(records: readonly ChainedRecord[]): void {
    for (const lane of this.#lanes) lane.take(records);
  }

  get states(): readonly SinkState[] {
    return this.#lanes.map(({ state }) => state);
  }

  /** Gives each sink a last try, of at most `withinMs`. */
  async close(withinMs: number): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.close(withinMs)));
  }
}

class Lane {
  #queue: ChainedRecord[] = [];
  #written = 0;
  #dropped = 0;
  #failing = false;
  #closing = false;
  #running: Promise<void> | undefined;
  #wake: (() => void) | undefined;

  constructor(
    private readonly sink: RecordSink,
    private readonly timers: Timers,
    private readonly onChange: (change: { sink: string; failing: boolean; fault?: unknown }) => void,
    private readonly options: SinkOptions,
  ) {}

  get state(): SinkState {
    const { name } = this.sink;
    return {
      name,
      waiting: this.#queue.length,
      written: this.#written,
      dropped: this.#dropped,
      failing: this.#failing,
    };
  }

  take(records: readonly ChainedRecord[]): void {
    for (const record of records) this.#queue.push(record);
    const excess = this.#queue.length - this.options.capacity;
    if (excess > 0) {
      this.#queue.splice(0, excess);
      this.#dropped += excess;
    }
    this.#running ??= this.#run();
  }

  async close(withinMs: number): Promise<void> {
    this.#closing = true;
    this.#wake?.();
    let cancel: (() => void) | undefined;
    const late = new Promise<void>((resolve) => {
      cancel = this.timers.after(withinMs, resolve);
    });
    await Promise.race([this.#running, late]);
    cancel?.();
    await this.sink.close();
  }

  async #run(): Promise<void> {
    let pause = this.options.retryMs.first;
    while (this.#queue.length > 0) {
      const batch = this.#queue.slice(0, this.options.batch);
      try {
        await this.sink.write(batch);
        this.#written += batch.length;
        // What was dropped meanwhile is gone from the front already.
        const sent = new Set(batch);
        this.#queue = this.#queue.filter((record) => !sent.has(record));
        pause = this.options.retryMs.first;
        if (this.#failing) this.#changed(false);
      } catch (fault) {
        if (!this.#failing) this.#changed(true, fault);
        if (this.#closing) break;
        await this.#sleep(pause);
        pause = Math.min(pause * 2, this.options.retryMs.most);
      }
    }
    this.#running = undefined;
  }

  #changed(failing: boolean, fault?: unknown): void {
    this.#failing = failing;
    this.onChange({ sink: this.sink.name, failing, ...(failing && { fault }) });
  }

  #sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.timers.after(milliseconds, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
