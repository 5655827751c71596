import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Connection } from './connection';
import { responseHeaders } from './response-head';
import type { FaultResponse, TransportFault } from './transport-fault';

/** What the parser and the timeout check of node:http report that is not simply a malformed request. */
const faultsByCode: ReadonlyMap<unknown, TransportFault> = new Map([
  ['HPE_HEADER_OVERFLOW', 'HeadersTooLarge'],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', 'BodyTooLarge'],
  ['ERR_HTTP_REQUEST_TIMEOUT', 'RequestTimeout'],
]);

/**
 * Answers bytes that are no request, or not in time, and closes. The answer is written to the socket itself, so it is
 * given only where no other answer is under way on it; otherwise the connection just ends, after the last answer if that
 * was already written.
 *
 * @returns the fault, when it was answered
 */
export function answerClientError(
  error: Error,
  socket: Socket,
  connection: Connection | undefined,
  faultResponse: FaultResponse,
): TransportFault | undefined {
  const code = 'code' in error ? error.code : undefined;
  const [first, second] = connection?.exchanges ?? [];
  const answerable = first === undefined || (second === undefined && first.receiving);
  if (connection?.ending === true) {
    socket.destroySoon();
    return undefined;
  }
  if (!socket.writable || code === 'ECONNRESET' || connection === undefined || !answerable) {
    socket.destroy();
    return undefined;
  }
  connection.end();
  const requestId = first?.requestId ?? randomUUID();
  first?.abandon();
  const fault = faultsByCode.get(code) ?? 'MalformedRequest';
  const response = faultResponse(fault, requestId);
  const headers = responseHeaders(response, requestId, true);
  let head = `HTTP/1.1 ${response.status} ${STATUS_CODES[response.status] ?? ''}\r\nDate: ${new Date().toUTCString()}\r\n`;
  for (let index = 0; index < headers.length; index += 2) head += `${headers[index]}: ${headers[index + 1]}\r\n`;
  socket.write(`${head}\r\n`, 'latin1');
  socket.write(response.body);
  socket.destroySoon();
  return fault;
}
