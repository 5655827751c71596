import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { type ClientRequest, type IncomingMessage, Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import type { AllowedNetworks } from './allowed-networks';

export interface PostOptions {
  readonly networks: AllowedNetworks;
  /** Milliseconds from the first look at the name to the last byte of the answer that is read. */
  readonly timeoutMs: number;
  /** Bytes of an answer that are read before the connection is cut. */
  readonly mostAnswerBytes: number;
}

/** The address needs TLS; nothing was sent. */
export class AddressNotAllowed extends Error {
  override readonly name = 'AddressNotAllowed';
  readonly code = 'AddressNotAllowed';
}

export interface PostAnswer {
  readonly status: number;
  /** The header Retry-After, as it came. */
  readonly retryAfter?: string;
}

type Found = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/** Posts bodies over kept connections. Follows no redirect, keeps no cookie, sends no credentials. */
export class Poster {
  readonly #http = new HttpAgent({ keepAlive: true, maxSockets: 32, maxFreeSockets: 8, timeout: 60_000 });
  readonly #https = new HttpsAgent({ keepAlive: true, maxSockets: 32, maxFreeSockets: 8, timeout: 60_000 });
  readonly #options: PostOptions;

  constructor(options: PostOptions) {
    this.#options = options;
  }

  /** @throws AddressNotAllowed, or the fault of the connection, or a TimeoutError */
  async post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<PostAnswer> {
    const signal = AbortSignal.timeout(this.#options.timeoutMs);
    const sending = this.#open(new URL(url), headers, signal);
    try {
      return await answerOf(sending, body, this.#options.mostAnswerBytes);
    } catch (fault) {
      sending.destroy();
      throw signal.aborted ? signal.reason : fault;
    }
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  #open(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): ClientRequest {
    const common = { method: 'POST', headers: { ...headers }, signal };
    if (url.protocol === 'https:') return httpsRequest(url, { ...common, agent: this.#https });
    const host = url.hostname.replace(/^\[|\]$/g, '');
    // A name is judged by what it stands for at the moment of the connection; an address never gets to the look-up.
    if (isIP(host) !== 0 && !this.#options.networks.has(host)) throw new AddressNotAllowed('it needs https');
    return httpRequest(url, { ...common, agent: this.#http, lookup: (...given) => this.#lookUp(...given) });
  }

  #lookUp(host: string, options: LookupOptions, found: Found): void {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return found(error, []);
      const refused = addresses.find(({ address }) => !this.#options.networks.has(address));
      const [first] = addresses;
      if (refused !== undefined || first === undefined) return found(new AddressNotAllowed('it needs https'), []);
      if (options.all === true) found(null, addresses);
      else found(null, first.address, first.family);
    });
  }
}

/** Resolves with the status as soon as it is there: what else the receiver says is read to keep the connection, no more. */
function answerOf(sending: ClientRequest, body: string, mostAnswerBytes: number): Promise<PostAnswer> {
  return new Promise((resolve, reject) => {
    sending.on('error', reject);
    sending.once('response', (answer: IncomingMessage) => {
      const { statusCode: status = 0, headers } = answer;
      const retryAfter = headers['retry-after'];
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > mostAnswerBytes) answer.destroy();
      });
      answer.on('error', () => undefined);
      resolve({ status, ...(retryAfter !== undefined && { retryAfter }) });
    });
    sending.end(body);
  });
}
