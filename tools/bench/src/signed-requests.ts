import { randomUUID } from 'node:crypto';
import { SecretBytes, instant } from '@keywarden/kernel';
import type { Keywarden } from '@keywarden/harness';
import { signRequest } from '@keywarden/sigv4';

const asBytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** An HTTP request with the headers an AWS SDK sends, signed now: good for the five minutes of the clock tolerance. */
export function signedRequest(
  service: Pick<Keywarden, 'endpoint' | 'credentials' | 'region'>,
  operation: string,
  input: unknown,
): string {
  const body = JSON.stringify(input);
  const headers = signRequest({
    method: 'POST',
    url: `${service.endpoint}/`,
    headers: [
      ['Content-Type', 'application/x-amz-json-1.1'],
      ['X-Amz-Target', `TrentService.${operation}`],
      ['X-Amz-User-Agent', 'aws-sdk-js/3.1164.0'],
      ['User-Agent', 'aws-sdk-js/3.1164.0 ua/2.1 os/linux#6.1 lang/js md/nodejs#26.10.0 api/kms#3.1164.0 m/E,N'],
      ['Amz-Sdk-Invocation-Id', randomUUID()],
      ['Amz-Sdk-Request', 'attempt=1; max=3'],
      ['Connection', 'keep-alive'],
      ['Content-Length', String(body.length)],
    ],
    body: asBytes(body),
    credentials: {
      accessKeyId: service.credentials.accessKeyId,
      secretAccessKey: SecretBytes.adopt(asBytes(service.credentials.secretAccessKey)),
    },
    region: service.region,
    service: 'kms',
    now: instant(Date.now()),
  });
  return `POST / HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`;
}

/** The same bytes for the echo, which answers a body of that length. */
export function echoRequest(request: string, answerBytes: number): string {
  return request.replace('POST / ', `POST /${answerBytes} `);
}

/** One call, for what a measurement needs beforehand. @throws Error with what was answered instead of 200 */
export async function call(
  service: Keywarden,
  operation: string,
  input: unknown,
): Promise<{ readonly body: Record<string, unknown>; readonly bytes: number }> {
  const [head = '', body] = signedRequest(service, operation, input).split('\r\n\r\n');
  const headers = head
    .split('\r\n')
    .slice(1)
    .map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)])
    .filter(([name]) => !['Host', 'Connection', 'Content-Length'].includes(name));
  const url = `${service.endpoint}/`;
  const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(60_000) });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${operation} was answered ${response.status} ${text}`);
  return { body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>), bytes: text.length };
}

/** Makes a key. @returns its ARN */
export async function newKey(service: Keywarden, input: Record<string, string> = {}): Promise<string> {
  const { body } = await call(service, 'CreateKey', input);
  return String((body.KeyMetadata as { Arn?: unknown }).Arn);
}
