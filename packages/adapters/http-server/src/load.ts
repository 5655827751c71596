import type { HttpLimits } from './limits';

/** What the server is busy with, against its bounds. One per server, shared by all connections. */
export class Load {
  #handling = 0;
  #bufferedBytes = 0;
  #draining = false;
  readonly #limits: HttpLimits;

  constructor(limits: HttpLimits) {
    this.#limits = limits;
  }

  /** Calls of the handler that have not settled, answered or not. */
  get handling(): number {
    return this.#handling;
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  /** From the start of a graceful close on: every answer ends its connection. */
  get draining(): boolean {
    return this.#draining;
  }

  startDraining(): void {
    this.#draining = true;
  }

  /** @returns false when as many calls are running as may */
  startHandling(): boolean {
    if (this.#handling >= this.#limits.maxConcurrentRequests) return false;
    this.#handling += 1;
    return true;
  }

  endHandling(): void {
    this.#handling -= 1;
  }

  /** @returns false, and reserves nothing, when bodies already hold as much memory as they may */
  reserve(bytes: number): boolean {
    if (this.#bufferedBytes + bytes > this.#limits.maxBufferedBytes) return false;
    this.#bufferedBytes += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#bufferedBytes -= bytes;
  }
}
