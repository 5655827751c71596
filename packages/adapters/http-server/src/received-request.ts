import type { Instant } from '@keywarden/kernel';
import type { RawHeaders, RawRequest, TlsDetails } from './raw-message';

/** A request as the handler gets it. Its signal is made when somebody asks for it, which hardly anybody does. */
export class ReceivedRequest implements RawRequest {
  #abort: AbortController | undefined;
  #aborted = false;

  constructor(
    readonly requestId: string,
    readonly method: string,
    readonly target: string,
    readonly headers: RawHeaders,
    readonly body: Uint8Array,
    readonly remoteAddress: string,
    readonly tls: TlsDetails | undefined,
    readonly receivedAt: Instant,
  ) {}

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.#aborted) this.#abort.abort();
    }
    return this.#abort.signal;
  }

  abort(): void {
    this.#aborted = true;
    this.#abort?.abort();
  }
}
