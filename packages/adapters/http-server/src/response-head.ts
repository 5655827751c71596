import type { RawResponse } from './raw-message';

/** Framing belongs to the server; a handler that sets it by hand would desynchronise the connection. */
const framing = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive']);
/** Of these lengths are the names to look at: lower-casing all of them would cost more than the rest. */
const framingLengths = new Set([...framing].map(({ length }) => length));
const requestIdName = 'x-amzn-RequestId';

/** Names and values in turn, as `writeHead` takes them: the handler's, then the ones the server answers for. */
export function responseHeaders({ headers, body }: RawResponse, requestId: string, close: boolean): string[] {
  const flat: string[] = [];
  let identified = false;
  for (const header of headers) {
    const name = header[0];
    if (framingLengths.has(name.length) && framing.has(name.toLowerCase())) continue;
    identified ||= name.length === requestIdName.length && name.toLowerCase() === requestIdName.toLowerCase();
    flat.push(name, header[1]);
  }
  if (!identified) flat.push(requestIdName, requestId);
  flat.push('Content-Length', String(byteLength(body)));
  if (close) flat.push('Connection', 'close');
  return flat;
}

function byteLength(body: Uint8Array | string): number {
  return typeof body === 'string' ? Buffer.byteLength(body) : body.length;
}
