import { type IncomingHttpHeaders, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An event as a webhook got it. */
export interface ReceivedEvent {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly id: string;
  readonly type: string;
  readonly keyId: string;
  readonly sequence: string;
  readonly data: { readonly 'detail-type': string; readonly source: string };
}

/** A receiver whose manners a test can change; it keeps what it took, and nothing it refused. */
export class WebhookReceiver {
  readonly taken: ReceivedEvent[] = [];
  tries = 0;
  status = 200;
  pauseMs = 0;
  readonly #server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      this.tries += 1;
      const { status } = this;
      if (status === 200) this.#take(request.headers, body);
      setTimeout(() => response.writeHead(status).end(), this.pauseMs);
    });
  });

  async listen(port = 0): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(port, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #take(headers: IncomingHttpHeaders, body: string): void {
    const { id, type, subject, sequence, data } = JSON.parse(body) as ReceivedEvent & { subject: string };
    this.taken.push({ headers, body, id, type, sequence, data, keyId: subject.split('/')[1] ?? '' });
  }
}
