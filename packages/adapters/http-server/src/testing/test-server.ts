import { type HttpServer, type HttpServerOptions, type ServerState, createHttpServer } from '../http-server';
import type { Handle, RawRequest } from '../raw-message';
import { RawClient } from './raw-client';

/** One recorded line of the server's log. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Answers with method, target and body of the request. */
export const echo: Handle = ({ method, target, body }) =>
  Promise.resolve({
    status: 200,
    headers: [['Content-Type', 'text/plain']],
    body: `${method} ${target} ${Buffer.from(body).toString('latin1')}`,
  });

/** A server on a free port of the loopback interface that records requests and log lines. */
export class TestServer {
  readonly requests: RawRequest[] = [];
  readonly log: LogLine[] = [];
  readonly #clients: RawClient[] = [];
  readonly #server: HttpServer;
  port = 0;

  private constructor(options: Partial<HttpServerOptions>) {
    const { handle = echo } = options;
    const line = (level: string) => (fields: LogLine['fields'], message: string) =>
      void this.log.push({ level, message, fields });
    this.#server = createHttpServer({
      host: '127.0.0.1',
      port: 0,
      readiness: () => Promise.resolve({ ready: true }),
      log: { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') },
      ...options,
      handle: (request) => {
        this.requests.push(request);
        return handle(request);
      },
    });
  }

  static async start(options: Partial<HttpServerOptions> = {}): Promise<TestServer> {
    const server = new TestServer(options);
    server.port = (await server.#server.listen()).port;
    return server;
  }

  async client(allowHalfOpen = false): Promise<RawClient> {
    const client = await RawClient.connect(this.port, allowHalfOpen);
    this.#clients.push(client);
    return client;
  }

  get state(): ServerState {
    return this.#server.state;
  }

  close(drainMs = 0): Promise<void> {
    return this.#server.close({ drainMs });
  }

  async stop(): Promise<void> {
    await this.close();
    for (const client of this.#clients) client.destroy();
  }
}

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
