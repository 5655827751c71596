import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Exchange } from './exchange';
import type { TlsDetails } from './raw-message';

/** One client connection and the requests on it that are not fully answered yet. */
export class Connection {
  /** In the order of arrival. */
  readonly exchanges = new Set<Exchange>();
  readonly remoteAddress: string;
  readonly tls: TlsDetails | undefined;
  readonly #socket: Socket;
  #newest: Exchange | undefined;
  #ending = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.remoteAddress = socket.remoteAddress ?? '';
    this.tls =
      socket instanceof TLSSocket
        ? { version: socket.getProtocol() ?? 'unknown', cipher: socket.getCipher().name }
        : undefined;
  }

  /** An answer that ends the connection was given: whatever arrives after its request is left unanswered. */
  get ending(): boolean {
    return this.#ending;
  }

  end(): void {
    this.#ending = true;
  }

  add(exchange: Exchange): void {
    this.exchanges.add(exchange);
    this.#newest = exchange;
  }

  /** Answers leave in the order of the requests, so only the newest may announce the end of the connection. */
  isNewest(exchange: Exchange): boolean {
    return this.#newest === exchange;
  }

  remove(exchange: Exchange): void {
    this.exchanges.delete(exchange);
    if (this.#newest === exchange) this.#newest = undefined;
  }

  /** Closes once what was written is out. */
  closeWhenFlushed(): void {
    this.#socket.destroySoon();
  }

  /** Closes now. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** The socket is gone: nobody waits for these answers. */
  abandonAll(): void {
    for (const exchange of this.exchanges) exchange.abandon();
    this.exchanges.clear();
  }
}
