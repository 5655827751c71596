import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';

/** Stands between a client and a server and fails as networks do. */
export class TcpProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #target: URL;
  #silent = false;

  private constructor(target: URL) {
    this.#target = target;
    this.#server = createServer((near) => this.#forward(near));
  }

  static async to(url: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(new URL(url));
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** The server has moved: new connections go there. */
  retarget(url: string): void {
    this.#target = new URL(url);
  }

  /** The URL of the server through this proxy. */
  get url(): string {
    const url = new URL(this.#target);
    url.host = `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return url.href;
  }

  /** From now on nothing goes through, and no end is told of it: as when a cable is pulled. */
  fallSilent(): void {
    this.#silent = true;
    for (const socket of this.#sockets) socket.unpipe().pause();
  }

  /** New connections work again; those that are there stay silent. */
  letNewOnesThrough(): void {
    this.#silent = false;
  }

  /** Cuts what is there; new connections work again. */
  restore(): void {
    this.#silent = false;
    this.cut();
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #forward(near: Socket): void {
    const far = connect(Number(this.#target.port), this.#target.hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        if (!this.#silent) other.destroy();
      });
      if (!this.#silent) socket.pipe(other, { end: false });
    }
  }
}
