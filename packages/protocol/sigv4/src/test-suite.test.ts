import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseBasic } from './request-time';
import type { HeaderPair } from './signed-request';
import { SigV4Verifier } from './sigv4-verifier';
import { secretOf } from './testing/fixtures';

interface Suite {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  readonly service: string;
  readonly time: string;
  readonly cases: readonly {
    readonly name: string;
    readonly method: string;
    readonly target: string;
    readonly headers: readonly HeaderPair[];
    readonly body: string;
    readonly signedHeaders: string;
    readonly signature: string;
    readonly sessionToken?: string;
  }[];
}

const file = join(__dirname, '..', 'testdata', 'aws-sig-v4-test-suite.json');
const suite = JSON.parse(readFileSync(file, 'utf8')) as Suite;
const onWire = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
const now = parseBasic(suite.time)!;
const scope = `${suite.time.slice(0, 8)}/${suite.region}/${suite.service}/aws4_request`;

describe('the AWS Signature Version 4 test suite', () => {
  it.each(suite.cases)('accepts $name and refuses it with another signature', (given) => {
    const { sessionToken } = given;
    const credential = { secretAccessKey: secretOf(suite.secretAccessKey), principal: 'example' };
    const verifier = new SigV4Verifier({
      regions: new Set([suite.region]),
      services: new Set([suite.service]),
      credentials: {
        findSigningSecret: () =>
          sessionToken === undefined ? credential : { ...credential, sessionToken: secretOf(sessionToken) },
      },
    });
    const verify = (signature: string): unknown => {
      const authorization =
        `AWS4-HMAC-SHA256 Credential=${suite.accessKeyId}/${scope}, ` +
        `SignedHeaders=${given.signedHeaders}, Signature=${signature}`;
      const headers: HeaderPair[] = [...given.headers, ['Authorization', authorization]];
      const { method, body } = given;
      return verifier.verify({ method, target: onWire(given.target), headers, body: Buffer.from(body) }, now);
    };

    expect(verify(given.signature)).toMatchObject({ ok: true, value: { principal: 'example', signedAt: now } });
    const flipped = given.signature.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
    expect(verify(flipped)).toMatchObject({ ok: false, refusal: { code: 'SignatureMismatch' } });
  });
});
