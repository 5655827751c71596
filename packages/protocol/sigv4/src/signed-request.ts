/** One header line; names compare without case, the order of lines is kept, repeated names stay visible. */
export type HeaderPair = readonly [name: string, value: string];

/**
 * A request exactly as it came from the wire. Strings hold one character per byte (Latin-1), which is how `node:http`
 * delivers the request target and header values.
 */
export interface SignedRequest {
  /** Upper case, such as `POST`. */
  readonly method: string;
  /** Path and query in origin form, still percent-encoded: `/`, `/a%20b?x=1`. */
  readonly target: string;
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array;
}

/** Turns the flat name, value, name, value… list of `IncomingMessage.rawHeaders` into pairs. */
export function headerPairs(rawHeaders: readonly string[]): HeaderPair[] {
  const pairs: HeaderPair[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    pairs.push([rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '']);
  }
  return pairs;
}
