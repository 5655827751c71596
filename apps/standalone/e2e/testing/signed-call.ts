import { SecretBytes, instant } from '@keywarden/kernel';
import { signRequest } from '@keywarden/sigv4';

export interface SignedCall {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly operation: string;
  /** Sent as it is, whether JSON or not. */
  readonly body: string;
  /** Sent in place of the body that was signed. */
  readonly sentBody?: string;
  readonly service?: string;
  /** Milliseconds since 1970; now when absent. */
  readonly signedAt?: number;
  readonly contentType?: string;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** One call of the AWS JSON 1.1 protocol as bytes, signed, without an SDK that could mend what comes back. */
export async function callSigned(call: SignedCall): Promise<WireResponse> {
  const url = `${call.endpoint}/`;
  const body = new TextEncoder().encode(call.body);
  const headers = signRequest({
    method: 'POST',
    url,
    headers: [
      ['Content-Type', call.contentType ?? 'application/x-amz-json-1.1'],
      ['X-Amz-Target', `TrentService.${call.operation}`],
    ],
    body,
    credentials: {
      accessKeyId: call.credentials.accessKeyId,
      secretAccessKey: SecretBytes.copyOf(new TextEncoder().encode(call.credentials.secretAccessKey)),
    },
    region: call.region,
    service: call.service ?? 'kms',
    now: instant(call.signedAt ?? Date.now()),
  });
  return send(
    url,
    headers.filter(([name]) => name !== 'Host'),
    call.sentBody === undefined ? body : new TextEncoder().encode(call.sentBody),
  );
}

/** A request as it is given, signed or not. */
export async function send(
  url: string,
  headers: readonly (readonly [string, string])[],
  body: Uint8Array<ArrayBuffer>,
): Promise<WireResponse> {
  const response = await fetch(url, {
    method: 'POST',
    headers: headers.map(([name, value]) => [name, value]),
    body,
    signal: AbortSignal.timeout(20_000),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}
