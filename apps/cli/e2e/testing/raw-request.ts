import { connect } from 'node:net';
import type { Keywarden } from '@keywarden/harness';
import { SecretBytes, instant } from '@keywarden/kernel';
import { signRequest } from '@keywarden/sigv4';
import type { Credentials } from './two-accounts';

export type Header = readonly [name: string, value: string];

/** A request as it is sent: nothing between the test and the wire puts it right. */
export interface RawRequest {
  readonly target: string;
  readonly headers: readonly Header[];
  readonly body: string;
}

const jsonHeaders = (operation: string): readonly Header[] => [
  ['Content-Type', 'application/x-amz-json-1.1'],
  ['X-Amz-Target', `TrentService.${operation}`],
];
export const formHeaders: readonly Header[] = [['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8']];

/** A signed request of the KMS API, or with `formHeaders` of IAM and STS. */
export function signed(
  { endpoint, region }: Keywarden,
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
  { operation = '', body, service = 'kms' }: { operation?: string; body: string; service?: 'kms' | 'iam' | 'sts' },
): RawRequest {
  const secret = (text: string): SecretBytes => SecretBytes.copyOf(Buffer.from(text));
  const headers = signRequest({
    method: 'POST',
    url: `${endpoint}/`,
    headers: service === 'kms' ? jsonHeaders(operation) : formHeaders,
    body: Buffer.from(body),
    credentials: {
      accessKeyId,
      secretAccessKey: secret(secretAccessKey),
      ...(sessionToken !== undefined && { sessionToken: secret(sessionToken) }),
    },
    region,
    service,
    now: instant(Date.now()),
  });
  return { target: '/', headers, body };
}

/** @returns status and body of the one answer */
export function send(
  { endpoint }: Keywarden,
  { target, headers, body }: RawRequest,
): Promise<{ readonly status: number; readonly body: string }> {
  const head = [...headers, ['Content-Length', String(Buffer.byteLength(body))], ['Connection', 'close']]
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect({ port: Number(new URL(endpoint).port), host: '127.0.0.1' });
    socket.setTimeout(20_000, () => socket.destroy(new Error('no answer')));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.once('error', reject);
    socket.once('close', () => {
      const [, status, rest = ''] =
        /^HTTP\/1\.1 (\d{3}) [^]*?\r\n\r\n([^]*)$/.exec(Buffer.concat(chunks).toString()) ?? [];
      resolve({ status: Number(status), body: rest });
    });
    socket.write(`POST ${target} HTTP/1.1\r\n${head}\r\n${body}`);
  });
}
