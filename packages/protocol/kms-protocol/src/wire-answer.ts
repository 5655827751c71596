import { type WireError, encodeError, responseHeaders } from '@keywarden/aws-json';
import type { Instant } from '@keywarden/kernel';
import type { WireAnswer } from './wire-request';

/** The faults of the server answer 500; every fault of a client answers 400, whatever its name. */
const serverFaults: ReadonlySet<string> = new Set([
  'KMSInternalException',
  'KeyUnavailableException',
  'DependencyTimeoutException',
  'InternalFailure',
]);

export function successAnswer(requestId: string, now: Instant, body: Uint8Array): WireAnswer {
  return { status: 200, headers: responseHeaders(requestId, now), body };
}

export function errorAnswer(requestId: string, now: Instant, error: WireError): WireAnswer {
  const status = serverFaults.has(error.type) ? 500 : 400;
  return { status, headers: responseHeaders(requestId, now), body: encodeError(error) };
}
