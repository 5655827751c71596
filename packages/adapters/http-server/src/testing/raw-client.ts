import { type Socket, connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** One response as it came over the wire. */
export interface WireResponse {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** A client that writes exactly the bytes it is told to, and keeps what comes back. */
export class RawClient {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  #closed = false;
  readonly #waiting = new Set<() => void>();

  private constructor(socket: Socket) {
    this.#socket = socket;
    const wake = (): void => {
      for (const waiter of [...this.#waiting]) waiter();
    };
    socket.on('data', (piece: Buffer) => {
      this.#received = Buffer.concat([this.#received, piece]);
      wake();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#closed = true;
      wake();
    });
  }

  static async connect(port: number, allowHalfOpen = false): Promise<RawClient> {
    const socket = connectTcp({ port, host: '127.0.0.1', allowHalfOpen });
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new RawClient(socket);
  }

  /** @param identity what the client presents of itself */
  static async connectTls(port: number, ca: Buffer, identity?: { cert: Buffer; key: Buffer }): Promise<RawClient> {
    const socket = connectTls({ port, host: '127.0.0.1', ca, servername: 'localhost', ...identity });
    await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    return new RawClient(socket);
  }

  /** Everything received so far that no `response()` took. */
  get pending(): string {
    return this.#received.toString('latin1');
  }

  get closed(): boolean {
    return this.#closed;
  }

  write(bytes: string | Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Writes all of `bytes` before it reads anything, as simple clients do. */
  async writeBeforeReading(bytes: string): Promise<void> {
    this.#socket.pause();
    await new Promise<void>((resolve) => this.#socket.write(bytes, () => resolve()));
    await new Promise((resolve) => setTimeout(resolve, 50));
    this.#socket.resume();
  }

  /** Sends FIN and keeps reading. */
  halfClose(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  reset(): void {
    this.#socket.resetAndDestroy();
  }

  /** Takes the next response; informational ones (1xx) count. Rejects when the connection ends before it is complete. */
  async response(hasBody = true): Promise<WireResponse> {
    for (;;) {
      const parsed = this.#take(hasBody);
      if (parsed !== undefined) return parsed;
      if (this.#closed) throw new Error(`closed with ${JSON.stringify(this.pending)} pending`);
      await this.#change();
    }
  }

  /** Resolves when the other side closed the connection. */
  async ended(): Promise<void> {
    while (!this.#closed) await this.#change();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      const waiter = (): void => {
        this.#waiting.delete(waiter);
        resolve();
      };
      this.#waiting.add(waiter);
    });
  }

  #take(hasBody: boolean): WireResponse | undefined {
    const end = this.#received.indexOf('\r\n\r\n');
    if (end < 0) return undefined;
    const [statusLine = '', ...lines] = this.#received.toString('latin1', 0, end).split('\r\n');
    const headers = new Map(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    );
    const length = hasBody ? Number(headers.get('content-length') ?? 0) : 0;
    if (this.#received.length < end + 4 + length) return undefined;
    const body = this.#received.toString('utf8', end + 4, end + 4 + length);
    this.#received = this.#received.subarray(end + 4 + length);
    return { status: Number(statusLine.split(' ')[1]), headers, body };
  }
}

/** A POST with the given body, framed by Content-Length. */
export function post(body: string, headers = ''): string {
  return `POST / HTTP/1.1\r\nHost: kms\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`;
}
