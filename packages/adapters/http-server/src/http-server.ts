import { type IncomingMessage, type Server, type ServerOptions, type ServerResponse, createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { answerClientError } from './client-error';
import { Connection } from './connection';
import { Deadlines } from './deadlines';
import { Exchange, type ExchangeContext, type Expectation } from './exchange';
import { type Readiness, healthRoutes } from './health';
import { type HttpLimits, resolveLimits, timeoutCheckInterval } from './limits';
import { Load } from './load';
import type { HttpServerLog } from './log';
import type { Handle } from './raw-message';
import { Routes } from './routes';
import { type FaultResponse, type TransportFault, defaultFaultResponse } from './transport-fault';
import { TrustedProxies } from './trusted-proxies';

export interface ServerTls {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Only clients with a certificate of these authorities and, when it is given, this common name get through. */
  readonly clients?: { readonly ca: Buffer; readonly commonName?: string } | undefined;
}

export interface HttpServerOptions {
  /** Address to listen on, for example `127.0.0.1` or `::`. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** PEM, already read. Without it the server speaks plain HTTP. */
  readonly tls?: ServerTls | undefined;
  readonly limits?: Partial<HttpLimits> | undefined;
  /** Networks in CIDR form: who calls from there is believed whom it calls for, by X-Forwarded-For. */
  readonly trustedProxies?: readonly string[] | undefined;
  readonly handle: Handle;
  readonly readiness: () => Promise<Readiness>;
  /** Further requests answered without the handler, by method and path: `GET /metrics`. */
  readonly routes?: ReadonlyMap<string, Handle> | undefined;
  readonly faultResponse?: FaultResponse | undefined;
  /** Told of every request, or would-be request, that the server answered itself with an error. */
  readonly onFault?: ((fault: TransportFault) => void) | undefined;
  readonly log: HttpServerLog;
}

export interface HttpServer {
  /** Rejects with the system's error, `code` EADDRINUSE, EACCES or EADDRNOTAVAIL among others. */
  listen(): Promise<{ readonly host: string; readonly port: number }>;
  /**
   * Stops accepting, closes idle connections, lets requests under way finish for at most `drainMs`, then cuts what is
   * left. Always resolves; a second call waits for the first.
   */
  close(options: { readonly drainMs: number }): Promise<void>;
  readonly state: ServerState;
}

/** What a server is busy with at one moment, and what it has turned away so far. */
export interface ServerState {
  readonly connections: number;
  /** Calls of the handler that have not settled. */
  readonly handling: number;
  /** Memory held for request bodies. */
  readonly bufferedBytes: number;
  /** Connections closed unanswered since the start, because as many were open as may be. */
  readonly dropped: number;
  readonly failedHandshakes: number;
}

/** @throws RangeError for a limit out of range; Error of OpenSSL for a certificate or key it cannot use */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { log, trustedProxies = [] } = options;
  const faultResponse = observed(options);
  const limits = resolveLimits(options.limits);
  const load = new Load(limits);
  const deadlines = new Deadlines(limits.handlerTimeoutMs);
  const sockets = new Set<Socket>();
  const connections = new Map<Socket, Connection>();
  let whenQuiet: (() => void) | undefined;
  let dropped = 0;
  let failedHandshakes = 0;

  const quiet = (): boolean => {
    if (load.handling > 0) return false;
    for (const { exchanges } of connections.values()) if (exchanges.size > 0) return false;
    return true;
  };
  const health = healthRoutes({
    readiness: options.readiness,
    timeoutMs: limits.readinessTimeoutMs,
    draining: () => load.draining,
    log,
  });
  const context: ExchangeContext = {
    limits,
    load,
    deadlines,
    handle: options.handle,
    routes: new Routes(new Map([...(options.routes ?? []), ...health])),
    proxies: trustedProxies.length === 0 ? undefined : new TrustedProxies(trustedProxies),
    faultResponse,
    log,
    onSettled: () => {
      if (whenQuiet !== undefined && quiet()) whenQuiet();
    },
  };

  const connect = (socket: Socket): void => {
    if (load.draining) return void socket.destroy();
    if (!isExpectedClient(socket, options.tls?.clients?.commonName)) {
      log.debug({ remoteAddress: socket.remoteAddress }, 'client certificate of another name');
      return void socket.destroy();
    }
    const connection = new Connection(socket);
    connections.set(socket, connection);
    socket.once('close', () => {
      connections.delete(socket);
      connection.abandonAll();
      context.onSettled();
    });
  };
  const exchange =
    (expectation: Expectation) =>
    (request: IncomingMessage, response: ServerResponse): void => {
      const connection = connections.get(request.socket);
      if (connection === undefined) return void request.socket.destroy();
      if (!connection.ending) new Exchange(context, connection, request, response).begin(expectation);
    };

  const server = serverFor(options, limits);
  server.maxConnections = limits.maxConnections;
  server.maxHeadersCount = limits.maxHeaders + 1;
  // A socket nobody reads from or writes to for longer than a request may take is dead, or its client does not read.
  server.timeout = limits.requestTimeoutMs + limits.handlerTimeoutMs;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on(options.tls === undefined ? 'connection' : 'secureConnection', connect);
  server.on('request', exchange('none'));
  server.on('checkContinue', exchange('continue'));
  server.on('checkExpectation', exchange('unsupported'));
  server.on('clientError', (error, socket) => {
    const client = socket as Socket;
    const fault = answerClientError(error, client, connections.get(client), faultResponse);
    if (fault !== undefined) log.debug({ fault, remoteAddress: client.remoteAddress }, 'connection refused');
  });
  server.on('tlsClientError', (error: Error, socket: Socket) => {
    failedHandshakes += 1;
    log.debug({ errorMessage: error.message, remoteAddress: socket.remoteAddress }, 'TLS handshake failed');
    socket.destroy();
  });
  const reportDrop = reportDrops(limits, log);
  server.on('drop', () => {
    dropped += 1;
    reportDrop();
  });

  const drain = async (drainMs: number): Promise<void> => {
    load.startDraining();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const connection of connections.values()) if (connection.exchanges.size === 0) connection.destroy();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => resolve(), drainMs);
      whenQuiet = () => {
        clearTimeout(timer);
        resolve();
      };
      context.onSettled();
    });
    if (!quiet()) log.warn({ drainMs, handling: load.handling }, 'requests under way were cut off');
    for (const connection of connections.values()) connection.abandonAll();
    for (const socket of sockets) socket.destroy();
    deadlines.close();
    await closed;
  };
  let closing: Promise<void> | undefined;

  return {
    listen: () =>
      new Promise((resolve, reject) => {
        if (closing !== undefined) throw new Error('the server was closed');
        server.once('error', reject);
        server.listen({ host: options.host, port: options.port }, () => {
          server.off('error', reject);
          server.on('error', (error) => log.error({ errorMessage: error.message }, 'HTTP server error'));
          const address = server.address();
          if (address === null || typeof address === 'string') throw new Error('listening on no port');
          resolve({ host: address.address, port: address.port });
        });
      }),
    close: ({ drainMs }) => (closing ??= drain(drainMs)),
    get state() {
      const { handling, bufferedBytes } = load;
      return { connections: sockets.size, handling, bufferedBytes, dropped, failedHandshakes };
    },
  };
}

/** Each answer to a fault is made here, so this is where faults are counted. */
function observed({ faultResponse = defaultFaultResponse, onFault }: HttpServerOptions): FaultResponse {
  if (onFault === undefined) return faultResponse;
  return (fault, requestId) => {
    onFault(fault);
    return faultResponse(fault, requestId);
  };
}

function serverFor({ tls }: HttpServerOptions, limits: HttpLimits): Server {
  const options: ServerOptions = {
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: timeoutCheckInterval(limits),
    // Explicit, so that no command-line option of the process can loosen the parser.
    insecureHTTPParser: false,
    // Checked with the other headers, where duplicates are seen as well.
    requireHostHeader: false,
  };
  if (tls === undefined) return createServer(options);
  return createTlsServer({
    ...options,
    cert: tls.cert,
    key: tls.key,
    minVersion: 'TLSv1.2',
    handshakeTimeout: limits.tlsHandshakeTimeoutMs,
    ...(tls.clients !== undefined && { ca: tls.clients.ca, requestCert: true, rejectUnauthorized: true }),
  });
}

/** The chain of the certificate was checked by the handshake. */
function isExpectedClient(socket: Socket, commonName: string | undefined): boolean {
  if (commonName === undefined) return true;
  return socket instanceof TLSSocket && socket.authorized && socket.getPeerCertificate().subject?.CN === commonName;
}

/** One line in ten seconds, however many connections are turned away. */
function reportDrops({ maxConnections }: HttpLimits, log: HttpServerLog): () => void {
  let dropped = 0;
  let quietUntil = 0;
  return () => {
    dropped += 1;
    const now = Date.now();
    if (now < quietUntil) return;
    log.warn({ maxConnections, dropped }, 'connections turned away');
    dropped = 0;
    quietUntil = now + 10_000;
  };
}
