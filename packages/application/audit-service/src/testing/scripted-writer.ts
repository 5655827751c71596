import type { ChainBatch, ChainWriter } from '@keywarden/audit';
import type { Instant } from '@keywarden/kernel';

/** Stands before a writer and does what the test says: waits, fails before, or fails after the batch was stored. */
export class ScriptedWriter implements ChainWriter {
  readonly batches: ChainBatch[] = [];
  #fault: { readonly error: Error; readonly stored: boolean } | undefined;
  #gate: Promise<void> | undefined;
  #open: (() => void) | undefined;

  constructor(private readonly writer: ChainWriter) {}

  fail(error: Error = new Error('the store is gone'), stored = false): void {
    this.#fault = { error, stored };
  }

  work(): void {
    this.#fault = undefined;
  }

  hold(): void {
    this.#gate = new Promise((resolve) => (this.#open = resolve));
  }

  release(): void {
    this.#gate = undefined;
    this.#open?.();
  }

  begin(chain: string, at: Instant): Promise<void> {
    return this.writer.begin(chain, at);
  }

  async append(batch: ChainBatch): Promise<void> {
    this.batches.push(batch);
    await this.#gate;
    if (this.#fault !== undefined && !this.#fault.stored) throw this.#fault.error;
    await this.writer.append(batch);
    if (this.#fault !== undefined) throw this.#fault.error;
  }
}
