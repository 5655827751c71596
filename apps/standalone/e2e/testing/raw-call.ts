import { connect } from 'node:net';
import { SecretBytes, instant } from '@keywarden/kernel';
import type { Keywarden } from '@keywarden/harness';
import { signRequest } from '@keywarden/sigv4';

export interface RawAnswer {
  readonly status: number;
  readonly body: string;
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A signed request as the bytes that go over the wire. */
export function signedBytes(service: Keywarden, operation: string, body: string | Uint8Array): Buffer {
  const payload = typeof body === 'string' ? encode(body) : body;
  const headers = signRequest({
    method: 'POST',
    url: `${service.endpoint}/`,
    headers: [
      ['Content-Type', 'application/x-amz-json-1.1'],
      ['X-Amz-Target', `TrentService.${operation}`],
      ['Content-Length', String(payload.length)],
    ],
    body: payload,
    credentials: {
      accessKeyId: service.credentials.accessKeyId,
      secretAccessKey: SecretBytes.adopt(encode(service.credentials.secretAccessKey)),
    },
    region: service.region,
    service: 'kms',
    now: instant(Date.now()),
  });
  const head = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.concat([Buffer.from(`POST / HTTP/1.1\r\n${head}\r\n`, 'latin1'), payload]);
}

/**
 * Sends bytes on a connection of their own, and reads until the server closes. That no more will come is said once an
 * answer has begun, or after a pause: the server drops a request under way when its client hangs up.
 *
 * @returns every answer that came, none when the server just closed
 * @throws Error when the connection is still open after ten seconds, or what came is no HTTP
 */
export function exchange(service: Keywarden, bytes: Buffer): Promise<RawAnswer[]> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect({ port: Number(new URL(service.endpoint).port), host: '127.0.0.1' });
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`the connection hangs after ${JSON.stringify(bytes.toString('latin1').slice(0, 2_000))}`));
    }, 10_000);
    const noMore = setTimeout(() => socket.end(), 300);
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      socket.end();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      clearTimeout(noMore);
      try {
        resolve(parseAnswers(Buffer.concat(chunks)));
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
    socket.write(bytes);
  });
}

function parseAnswers(bytes: Buffer): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let rest = bytes; rest.length > 0;) {
    const end = rest.indexOf('\r\n\r\n');
    const head = rest.toString('latin1', 0, end);
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1] ?? NaN);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? (status === 100 ? 0 : NaN));
    const next = end + 4 + length;
    if (end < 0 || !Number.isInteger(status) || !(next <= rest.length)) {
      throw new Error(`not a whole HTTP answer: ${rest.toString('latin1').slice(0, 500)}`);
    }
    if (status !== 100) answers.push({ status, body: rest.toString('utf8', end + 4, next) });
    rest = rest.subarray(next);
  }
  return answers;
}
