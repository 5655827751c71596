/** What one client may cost before anybody knows who it is. All whole numbers from 1 up; times in milliseconds. */
export interface HttpLimits {
  /** Longest request body; more is answered 413. */
  readonly maxBodyBytes: number;
  /** Request line and headers together; more is answered 431. */
  readonly maxHeaderBytes: number;
  /** Header lines; more is answered 431. */
  readonly maxHeaders: number;
  /** Memory for the bodies of all requests that are being received or handled; beyond it 503. */
  readonly maxBufferedBytes: number;
  /** Open connections; further ones are closed unanswered. */
  readonly maxConnections: number;
  /** Calls of the handler at the same time; beyond it 503 at once. */
  readonly maxConcurrentRequests: number;
  /** Unanswered requests on one connection; one more is answered 503 and ends the connection. */
  readonly maxPipelinedRequests: number;
  /** From the start of the connection or of the request to the end of its headers. */
  readonly headersTimeoutMs: number;
  /** From the first byte of a request to the last byte of its body; late ones are answered 408. */
  readonly requestTimeoutMs: number;
  /** How long an answered connection waits for its next request. */
  readonly keepAliveTimeoutMs: number;
  readonly tlsHandshakeTimeoutMs: number;
  /** How long the handler may take; after it the client gets 503 and the signal aborts. */
  readonly handlerTimeoutMs: number;
  /** How long `readiness` may take before the answer is "not ready". */
  readonly readinessTimeoutMs: number;
  /** How long the rest of a refused body is read and thrown away, so that the client gets to read the refusal. */
  readonly lingerMs: number;
}

/**
 * The largest legitimate body is an attestation document of 262,144 bytes, 349,528 in base64. Keep-alive outlasts the 60 s
 * at which common load balancers drop idle connections, so it is never this side that closes first.
 */
export const defaultHttpLimits: HttpLimits = {
  maxBodyBytes: 1_048_576,
  maxHeaderBytes: 16_384,
  maxHeaders: 100,
  maxBufferedBytes: 134_217_728,
  maxConnections: 2_048,
  maxConcurrentRequests: 512,
  maxPipelinedRequests: 16,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 65_000,
  tlsHandshakeTimeoutMs: 10_000,
  handlerTimeoutMs: 30_000,
  readinessTimeoutMs: 2_000,
  lingerMs: 1_000,
};

/** @throws RangeError naming the limit that is no whole number from 1 to 2,147,483,647 */
export function resolveLimits(chosen: Partial<HttpLimits> = {}): HttpLimits {
  const limits = { ...defaultHttpLimits, ...chosen };
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isInteger(value) || value < 1 || value > 2_147_483_647) {
      throw new RangeError(`${name} must be a whole number from 1 to 2147483647, not ${value}`);
    }
  }
  if (limits.headersTimeoutMs > limits.requestTimeoutMs) {
    throw new RangeError('headersTimeoutMs must not exceed requestTimeoutMs');
  }
  return limits;
}

/** How often unfinished requests are checked against their timeouts: a quarter of the shortest, 20 to 1,000 ms. */
export function timeoutCheckInterval({ headersTimeoutMs, requestTimeoutMs }: HttpLimits): number {
  return Math.min(1_000, Math.max(20, Math.floor(Math.min(headersTimeoutMs, requestTimeoutMs) / 4)));
}
