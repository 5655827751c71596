import type { IncomingMessage } from 'node:http';
import { Agent, type AgentOptions, request } from 'node:https';
import { type LookupFunction, isIP } from 'node:net';
import { TLSSocket, rootCertificates } from 'node:tls';
import type { StoreFailureCause } from '@keywarden/custom-key-stores';
import { type Instant, type Result, accept, instant, refuse } from '@keywarden/kernel';
import { isPublicAddress } from './addresses';
import { CircuitBreaker } from './circuit-breaker';

export interface ProxyAddress {
  /** The host of the endpoint: its certificate must be for this name. */
  readonly host: string;
  readonly port: number;
  readonly lookup: LookupFunction;
  /** May an address stand in place of the name? */
  readonly allowPrivate: boolean;
  /** Shown to a proxy that asks for one. */
  readonly clientCertificate?: ClientCertificate | undefined;
}

/** With which KMS says who it is, besides signing its requests. */
export interface ClientCertificate {
  /** The certificate and what leads from it to its authority; PEM. */
  readonly cert: string;
  /** Of the private key; PEM. */
  readonly key: string;
}

export interface TransportOptions {
  /** Milliseconds for one attempt, from the first byte of the connection to the last of the answer. 250 by default. */
  readonly timeoutMs: number;
  /** Certificates of authorities beside those of the platform; PEM. */
  readonly extraAuthorities?: string;
}

export interface ProxyRequest {
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

export interface ProxyAnswer {
  readonly status: number;
  readonly body: Uint8Array;
}

/** No valid answer comes near it. */
const maxAnswerBytes = 65_536;
const maxSockets = 64;
const maxPending = 512;

/** One proxy over kept-alive connections: bounded in time, number and size, with no redirects. */
export class ProxyTransport {
  readonly #agent: Agent;
  readonly #breaker = new CircuitBreaker();
  #pending = 0;
  #certificateExpiresAt: Instant | undefined;

  /** @param address undefined when there is no way to the proxy: whatever is sent is refused as `Unreachable` */
  constructor(
    private readonly address: ProxyAddress | undefined,
    private readonly options: TransportOptions,
  ) {
    const { extraAuthorities: extra } = options;
    this.#agent = new Agent({
      keepAlive: true,
      maxSockets,
      maxFreeSockets: 16,
      minVersion: 'TLSv1.2',
      ...(address !== undefined && placeOf(address)),
      ...(extra !== undefined && { ca: [...rootCertificates, extra] }),
    });
  }

  /** Of the certificate that the proxy showed last. */
  get certificateExpiresAt(): Instant | undefined {
    return this.#certificateExpiresAt;
  }

  /** Tries again once when the proxy did not answer in time, or had closed a connection that was kept. */
  async send(request: ProxyRequest): Promise<Result<ProxyAnswer, StoreFailureCause>> {
    if (!this.#breaker.closed) return refuse('Unreachable');
    if (this.#pending >= maxPending) return refuse('ThrottlingException');
    this.#pending += 1;
    try {
      const first = await this.#attempt(request);
      const again = !first.ok && (first.refusal.cause === 'TimedOut' || first.refusal.stale);
      const last = again ? await this.#attempt(request) : first;
      this.#breaker.note(last.ok);
      return last.ok ? last : refuse(last.refusal.cause);
    } finally {
      this.#pending -= 1;
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #attempt({ path, headers, body }: ProxyRequest): Promise<Result<ProxyAnswer, AttemptFailure>> {
    const { address } = this;
    if (!mayConnect(address)) return Promise.resolve(refuse({ cause: 'Unreachable', stale: false }));
    const { host, port } = address;
    return new Promise((resolve) => {
      const sent = request({
        agent: this.#agent,
        host,
        port,
        method: 'POST',
        path,
        headers: [...headers.flat(), 'Content-Length', String(body.length)],
      });
      const timer = setTimeout(() => fail({ cause: 'TimedOut', stale: false }), this.options.timeoutMs);
      const settle = (outcome: Result<ProxyAnswer, AttemptFailure>): void => {
        clearTimeout(timer);
        resolve(outcome);
      };
      const fail = (failure: AttemptFailure): void => {
        settle(refuse(failure));
        sent.destroy();
      };
      sent.on('socket', (socket) => {
        socket.once('secureConnect', () => {
          if (socket instanceof TLSSocket) this.#certificateExpiresAt = expiryOf(socket);
        });
      });
      sent.on('error', (error) => fail({ cause: causeOf(error), stale: sent.reusedSocket && isReset(error) }));
      sent.on('response', (answer) => {
        collect(answer).then(
          (bytes) =>
            bytes === undefined
              ? fail({ cause: 'Malformed', stale: false })
              : settle(accept({ status: answer.statusCode ?? 0, body: bytes })),
          () => fail({ cause: 'Unreachable', stale: false }),
        );
      });
      sent.end(body);
    });
  }
}

/** A literal address is never looked up, so it is checked here. */
function mayConnect(address: ProxyAddress | undefined): address is ProxyAddress {
  if (address === undefined) return false;
  return isIP(address.host) === 0 || address.allowPrivate || isPublicAddress(address.host);
}

function placeOf({ host, lookup, clientCertificate }: ProxyAddress): AgentOptions {
  return { lookup, servername: isIP(host) === 0 ? host : '', ...clientCertificate };
}

interface AttemptFailure {
  readonly cause: StoreFailureCause;
  /** The connection had been closed before the request reached the proxy. */
  readonly stale: boolean;
}

function expiryOf(socket: TLSSocket): Instant | undefined {
  const until = Date.parse(socket.getPeerCertificate().valid_to);
  return Number.isNaN(until) ? undefined : instant(until);
}

/** @returns undefined when there is more than any valid answer has */
async function collect(answer: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxAnswerBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function isReset(error: Error): boolean {
  return codeOf(error) === 'ECONNRESET' || codeOf(error) === 'EPIPE';
}

/** OpenSSL's codes of certificate faults have no prefix of their own. */
const tlsFault = /^(ERR_TLS|ERR_SSL|EPROTO|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO|INVALID_CA|HOSTNAME_MISMATCH)/;

function causeOf(error: Error): StoreFailureCause {
  return tlsFault.test(codeOf(error)) ? 'TlsFailed' : 'Unreachable';
}
