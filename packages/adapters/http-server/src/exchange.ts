import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { instant } from '@keywarden/kernel';
import { BodyBuffer } from './body-buffer';
import type { Connection } from './connection';
import type { Deadlines, Expiring } from './deadlines';
import type { HttpLimits } from './limits';
import type { Load } from './load';
import { type HttpServerLog, thrownFields } from './log';
import type { Handle, RawHeaders, RawResponse } from './raw-message';
import { ReceivedRequest } from './received-request';
import { readHead } from './request-head';
import { responseHeaders } from './response-head';
import type { Routes } from './routes';
import type { FaultResponse, TransportFault } from './transport-fault';
import type { TrustedProxies } from './trusted-proxies';

/** What all exchanges of a server share. */
export interface ExchangeContext {
  readonly limits: HttpLimits;
  readonly load: Load;
  /** Of calls of the handler. */
  readonly deadlines: Deadlines;
  readonly handle: Handle;
  readonly routes: Routes;
  /** Absent: nobody is believed to call for others. */
  readonly proxies: TrustedProxies | undefined;
  readonly faultResponse: FaultResponse;
  readonly log: HttpServerLog;
  /** Called whenever an exchange or a call of the handler ended. */
  onSettled(): void;
}

/** How the request wants its body handled, from the Expect header. */
export type Expectation = 'none' | 'continue' | 'unsupported';

const noBody = new Uint8Array(0);

/**
 * One request and its one answer: receives the body, runs the handler against its deadline, sends. Whoever answers first
 * (a limit, the deadline, the handler) wins; later answers are dropped. A call of the handler counts as running until it
 * settles, even when its client got an answer already or left, so that the bound on concurrent work is a real one.
 */
export class Exchange implements Expiring {
  readonly requestId = randomUUID();
  readonly #receivedAt = instant(Date.now());
  readonly #context: ExchangeContext;
  readonly #connection: Connection;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  #phase: 'receiving' | 'handling' | 'answered' | 'gone' = 'receiving';
  /** Of the client, as far as it is known. */
  #remoteAddress: string;
  #bodyPending = true;
  #body: BodyBuffer | undefined;
  /** Once the handler has it. */
  #received: ReceivedRequest | undefined;

  constructor(context: ExchangeContext, connection: Connection, request: IncomingMessage, response: ServerResponse) {
    this.#context = context;
    this.#connection = connection;
    this.#request = request;
    this.#response = response;
    this.#remoteAddress = connection.remoteAddress;
  }

  get receiving(): boolean {
    return this.#phase === 'receiving';
  }

  begin(expectation: Expectation): void {
    this.#connection.add(this);
    this.#response.on('close', () => this.#end());
    const { limits, routes } = this.#context;
    if (this.#connection.exchanges.size > limits.maxPipelinedRequests) {
      this.#connection.end();
      return this.#refuse('Overloaded');
    }
    const { rawHeaders, httpVersionMinor } = this.#request;
    const head = readHead(rawHeaders, httpVersionMinor > 0, limits);
    if (typeof head === 'string') return this.#refuse(head);
    if (expectation === 'unsupported') return this.#refuse('ExpectationUnsupported');
    this.#bodyPending = head.bodyLength !== 0;
    const route = routes.find(this.#request.method, this.#request.url);
    if (route !== undefined) {
      const path = this.#request.url?.split('?', 1)[0];
      this.#context.log.debug({ requestId: this.requestId, path }, 'request beside the API');
      return this.#run(route, head.headers, noBody);
    }
    const { proxies } = this.#context;
    const client = proxies === undefined ? this.#remoteAddress : proxies.clientOf(this.#remoteAddress, head.headers);
    if (client === undefined) return this.#refuse('MalformedRequest');
    this.#remoteAddress = client;
    if (!this.#bodyPending) return this.#admit(head.headers, noBody);
    if (expectation === 'continue') this.#response.writeContinue();
    this.#receive(head.headers, head.bodyLength);
  }

  /** Nobody waits for the answer any more. */
  abandon(): void {
    if (this.#phase === 'gone') return;
    if (this.#phase === 'receiving') this.#releaseBody();
    const handling = this.#phase === 'handling';
    this.#phase = 'gone';
    if (handling) this.#stopWaiting()?.abort();
    this.#context.onSettled();
  }

  #receive(headers: RawHeaders, expected: number | undefined): void {
    const { limits, load } = this.#context;
    const body = new BodyBuffer(limits.maxBodyBytes, expected, load);
    this.#body = body;
    this.#request.on('data', (piece: Buffer) => {
      if (this.#phase !== 'receiving') return;
      const appended = body.append(piece);
      if (appended !== 'ok') this.#refuse(appended === 'too-large' ? 'BodyTooLarge' : 'Overloaded');
    });
    this.#request.on('end', () => {
      this.#bodyPending = false;
      if (this.#phase === 'receiving') this.#admit(headers, body.bytes);
    });
  }

  #admit(headers: RawHeaders, body: Uint8Array): void {
    const { load, handle } = this.#context;
    if (!load.startHandling()) return this.#refuse('Overloaded');
    this.#run(handle, headers, body, true);
  }

  /** @param counted is the call among those of which there are only so many at a time? */
  #run(handle: Handle, headers: RawHeaders, body: Uint8Array, counted = false): void {
    this.#phase = 'handling';
    this.#context.deadlines.begin(this);
    const { method = '', url: target = '' } = this.#request;
    const { tls } = this.#connection;
    const { requestId } = this;
    const received = new ReceivedRequest(
      requestId,
      method,
      target,
      headers,
      body,
      this.#remoteAddress,
      tls,
      this.#receivedAt,
    );
    this.#received = received;
    let answer: Promise<RawResponse>;
    try {
      answer = handle(received);
    } catch (thrown) {
      answer = Promise.reject(thrown);
    }
    answer.then(
      (response) => {
        if (counted) this.#settled();
        this.#send(response);
      },
      (thrown: unknown) => {
        if (counted) this.#settled();
        this.#fail(thrown, 'request handler failed');
      },
    );
  }

  #settled(): void {
    this.#context.load.endHandling();
    this.#releaseBody();
    this.#context.onSettled();
  }

  /** The handler missed its deadline. */
  expire(): void {
    const { log, limits } = this.#context;
    log.error({ requestId: this.requestId, timeoutMs: limits.handlerTimeoutMs }, 'request handler missed its deadline');
    const received = this.#received;
    this.#send(this.#fault('DeadlineExceeded'));
    received?.abort();
  }

  /** @returns the request the handler works on, when it does */
  #stopWaiting(): ReceivedRequest | undefined {
    const received = this.#received;
    if (received !== undefined) this.#context.deadlines.end(this);
    this.#received = undefined;
    return received;
  }

  #refuse(fault: TransportFault): void {
    this.#releaseBody();
    this.#context.log.debug({ requestId: this.requestId, fault }, 'request refused');
    this.#send(this.#fault(fault));
  }

  #fail(thrown: unknown, message: string): void {
    this.#context.log.error({ requestId: this.requestId, ...thrownFields(thrown) }, message);
    this.#send(this.#fault('HandlerFailed'));
  }

  #fault(fault: TransportFault): RawResponse {
    return this.#context.faultResponse(fault, this.requestId);
  }

  #send(answer: RawResponse): void {
    if (this.#phase === 'answered' || this.#phase === 'gone') return;
    this.#stopWaiting();
    try {
      this.#write(answer);
      this.#phase = 'answered';
    } catch (thrown) {
      this.#context.log.error({ requestId: this.requestId, ...thrownFields(thrown) }, 'response cannot be sent');
      if (this.#response.headersSent) return this.#connection.destroy();
      this.#write(this.#fault('HandlerFailed'));
      this.#phase = 'answered';
    }
  }

  #write(answer: RawResponse): void {
    const newest = this.#connection.isNewest(this);
    const close = newest && (this.#bodyPending || this.#connection.ending || this.#context.load.draining);
    this.#response.writeHead(answer.status, responseHeaders(answer, this.requestId, close));
    if (close) this.#connection.end();
    if (close && this.#bodyPending) this.#linger(answer);
    else this.#response.end(answer.body);
  }

  /**
   * Ends the answer only after the rest of the request body was thrown away, or the linger time passed: closing with
   * unread bytes resets the connection, and the reset can overtake the answer.
   */
  #linger({ body }: RawResponse): void {
    const response = this.#response;
    response.write(body);
    const timer = setTimeout(() => response.end(), this.#context.limits.lingerMs);
    response.once('close', () => clearTimeout(timer));
    this.#request.once('end', () => response.end());
    this.#request.resume();
  }

  /** The response is out, or its socket is gone. */
  #end(): void {
    this.abandon();
    this.#connection.remove(this);
    if (this.#context.load.draining && this.#connection.exchanges.size === 0) this.#connection.closeWhenFlushed();
    this.#context.onSettled();
  }

  #releaseBody(): void {
    if (this.#body !== undefined) this.#context.load.release(this.#body.reserved);
    this.#body = undefined;
  }
}
