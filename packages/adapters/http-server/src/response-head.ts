import type { RawResponse } from './raw-message';

/** Framing belongs to the server; a handler that sets it by hand would desynchronise the connection. */
const framing = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive']);

/** Names and values in turn, as `writeHead` takes them: the handler's, then the ones the server answers for. */
export function responseHeaders(response: RawResponse, requestId: string, close: boolean): string[] {
  const flat: string[] = [];
  let identified = false;
  for (const [name, value] of response.headers) {
    const lower = name.toLowerCase();
    if (framing.has(lower)) continue;
    if (lower === 'x-amzn-requestid') identified = true;
    flat.push(name, value);
  }
  if (!identified) flat.push('x-amzn-RequestId', requestId);
  flat.push('Content-Length', String(byteLength(response.body)));
  if (close) flat.push('Connection', 'close');
  return flat;
}

function byteLength(body: Uint8Array | string): number {
  return typeof body === 'string' ? Buffer.byteLength(body) : body.length;
}
