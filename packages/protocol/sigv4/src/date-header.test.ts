import { createHash, createHmac } from 'node:crypto';
import { plusMilliseconds } from '@keywarden/kernel';
import type { SignedRequest } from './signed-request';
import { accessKeyId, now, secretText, verifierOf } from './testing/fixtures';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** A request with no X-Amz-Date, signed by hand; SDKs always send X-Amz-Date. */
function dated(date: string): SignedRequest {
  const canonical = `GET\n/\n\ndate:${date}\nhost:h\n\ndate;host\n${sha256('')}`;
  const scope = '20260101/eu-central-1/kms/aws4_request';
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secretText}`);
  const signature = hmac(key, `AWS4-HMAC-SHA256\n20260101T120000Z\n${scope}\n${sha256(canonical)}`).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=date;host, Signature=${signature}`;
  return {
    method: 'GET',
    target: '/',
    headers: [
      ['Host', 'h'],
      ['Date', date],
      ['Authorization', authorization],
    ],
    body: Buffer.alloc(0),
  };
}

describe('a request dated by its Date header', () => {
  it.each(['Thu, 01 Jan 2026 12:00:00 GMT', '20260101T120000Z'])('is accepted with %s', (date) => {
    expect(verifierOf().verify(dated(date))).toMatchObject({ ok: true, value: { signedAt: now } });
  });

  it('is held to the same window', () => {
    const late = plusMilliseconds(now, 301_000);
    expect(verifierOf().verify(dated('Thu, 01 Jan 2026 12:00:00 GMT'), late)).toMatchObject({
      ok: false,
      refusal: { code: 'SignatureExpired' },
    });
  });
});
