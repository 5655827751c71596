import type { HttpLimits } from './limits';
import type { RawHeaders } from './raw-message';
import type { TransportFault } from './transport-fault';

/** The headers of one request and what they say about its body. */
export interface RequestHead {
  readonly headers: RawHeaders;
  /** 0 without a body, undefined when it comes in chunks of unknown total. */
  readonly bodyLength: number | undefined;
}

/** Codings that leave the bytes as they are; old AWS clients send `amz-1.0`. */
const identityCodings = new Set(['', 'identity', 'amz-1.0']);

/**
 * Pairs up the raw headers and checks what the parser leaves open: their number, exactly one Host (RFC 9112, section 3.2),
 * no transfer coding but chunked, no content coding. Conflicts of Content-Length and Transfer-Encoding the parser refuses.
 *
 * @param rawHeaders names and values in turn, as node:http hands them over
 * @param hostRequired HTTP/1.1 and later
 */
export function readHead(
  rawHeaders: readonly string[],
  hostRequired: boolean,
  { maxHeaders, maxBodyBytes }: HttpLimits,
): RequestHead | TransportFault {
  const count = rawHeaders.length / 2;
  if (count > maxHeaders) return 'HeadersTooLarge';
  const headers: (readonly [string, string])[] = new Array(count);
  let hosts = 0;
  let bodyLength: number | undefined = 0;
  for (let index = 0; index < count; index += 1) {
    const name = rawHeaders[2 * index] ?? '';
    const value = rawHeaders[2 * index + 1] ?? '';
    headers[index] = [name, value];
    // Lower-casing every name would cost more than the rest of the loop; only four lengths are of interest.
    switch (name.length) {
      case 4:
        if (name.toLowerCase() === 'host') hosts += 1;
        break;
      case 14:
        if (name.toLowerCase() === 'content-length') bodyLength = Number(value);
        break;
      case 16:
        if (name.toLowerCase() === 'content-encoding' && !identityCodings.has(value.toLowerCase())) {
          return 'ContentEncodingUnsupported';
        }
        break;
      case 17:
        if (name.toLowerCase() !== 'transfer-encoding') break;
        if (value.toLowerCase() !== 'chunked') return 'MalformedRequest';
        bodyLength = undefined;
        break;
    }
  }
  if (hosts > 1 || (hosts === 0 && hostRequired)) return 'MalformedRequest';
  return bodyLength !== undefined && bodyLength > maxBodyBytes ? 'BodyTooLarge' : { headers, bodyLength };
}
