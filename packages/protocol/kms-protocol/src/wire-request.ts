/** An HTTP request as it came from the wire, before anything in it is believed. */
export interface WireRequest {
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
  /** What TLS agreed on, for the record; for example `TLSv1.3` and `TLS_AES_128_GCM_SHA256`. */
  readonly tls?: { readonly version: string; readonly cipher: string } | undefined;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}
