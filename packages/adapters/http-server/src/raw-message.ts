import type { Instant } from '@keywarden/kernel';

/** Header names and values in the order and spelling of the wire; values are Latin-1 text, duplicates are kept. */
export type RawHeaders = readonly (readonly [name: string, value: string])[];

/** What a TLS connection agreed on, as CloudTrail records it, for example `TLSv1.3` and `TLS_AES_128_GCM_SHA256`. */
export interface TlsDetails {
  readonly version: string;
  readonly cipher: string;
}

/** One request, complete, within the limits and otherwise untouched: the bytes a signature was made over. */
export interface RawRequest {
  /** A version 4 UUID made for this request. */
  readonly requestId: string;
  /** As received, upper case by convention of the protocol. */
  readonly method: string;
  /** The request target as received: path and query, not decoded. */
  readonly target: string;
  readonly headers: RawHeaders;
  /** Owned by the handler from here on. */
  readonly body: Uint8Array;
  /**
   * The peer of the connection, or whom a trusted proxy calls for. IPv4 peers of a dual-stack socket keep their `::ffff:`
   * prefix unless there are trusted proxies.
   */
  readonly remoteAddress: string;
  /** Absent on a connection without TLS. */
  readonly tls: TlsDetails | undefined;
  /** When the headers were complete. */
  readonly receivedAt: Instant;
  /** Aborts when the deadline passed or the client is gone: nobody will read the answer any more. */
  readonly signal: AbortSignal;
}

/**
 * The answer. Content-Length, Connection, Date and x-amzn-RequestId are added by the server, so Content-Length,
 * Transfer-Encoding and Connection in `headers` are dropped.
 */
export interface RawResponse {
  /** 200 to 599. */
  readonly status: number;
  readonly headers: RawHeaders;
  /** Text is sent as UTF-8. */
  readonly body: Uint8Array | string;
}

/** Answers one request. Refusals are answers; a rejection means a fault, which the client sees as a plain 500. */
export type Handle = (request: RawRequest) => Promise<RawResponse>;
