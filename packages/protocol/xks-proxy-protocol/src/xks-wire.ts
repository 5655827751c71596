/** A request as it came from the wire, before anything in it is believed. */
export interface XksWireRequest {
  /** A UUID made for this request. */
  readonly requestId: string;
  readonly method: string;
  /** Path and query, still percent-encoded. */
  readonly target: string;
  /** In the order of the wire, repeated names included. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  readonly remoteAddress: string | undefined;
  /** Did the request come over TLS? */
  readonly secure: boolean;
}

export interface XksWireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}
