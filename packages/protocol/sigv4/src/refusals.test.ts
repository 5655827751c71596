import { type Instant, plusMilliseconds } from '@keywarden/kernel';
import { describeSigV4Refusal } from './describe-refusal';
import type { SignedRequest } from './signed-request';
import type { CredentialAnswer } from './signing-credential';
import {
  accessKeyId,
  headerOf,
  now,
  secretAccessKey,
  secretOf,
  signedRequest,
  verifierOf,
  withHeader,
} from './testing/fixtures';

/** What the client would see; texts are those of error-messages.md section 7 and of recorded answers of AWS services. */
function answerTo(request: SignedRequest, at: Instant = now, answer?: CredentialAnswer<string>): string {
  const result = verifierOf(answer).verify(request, at);
  if (result.ok) return 'accepted';
  const { code, message } = describeSigV4Refusal(result.refusal);
  return `${code}: ${message}`;
}

const request = signedRequest();
const authorization = headerOf(request, 'Authorization');
const authorized = (value: string): SignedRequest => withHeader(request, 'Authorization', () => value);
const without = (from: SignedRequest, name: string): SignedRequest => withHeader(from, name, () => undefined);
const mismatch =
  'InvalidSignatureException: The request signature we calculated does not match the signature you provided. ' +
  'Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';

describe('the Authorization header', () => {
  it.each([
    ['is absent', without(request, 'Authorization')],
    ['is empty', authorized('')],
    ['is of another scheme', authorized('Bearer abc')],
    ['is of signature version 2', authorized('AWS AKIAIOSFODNN7EXAMPLE:abc')],
    ['has its scheme in lower case', authorized(authorization.toLowerCase())],
  ])('is asked for when it %s', (_how, given) => {
    expect(answerTo(given)).toBe('MissingAuthenticationTokenException: Missing Authentication Token');
  });

  it('must have an equal sign in each piece', () => {
    expect(answerTo(authorized('AWS4-HMAC-SHA256 Signature=b,    Credential,    SignedHeaders'))).toBe(
      "IncompleteSignatureException: 'Credential' not a valid key=value pair (missing equal-sign) in Authorization " +
        "header: 'AWS4-HMAC-SHA256 Signature=b, Credential, SignedHeaders'.",
    );
  });

  const sentence = {
    credential: "Authorization header requires 'Credential' parameter.",
    signature: "Authorization header requires 'Signature' parameter.",
    signedHeaders: "Authorization header requires 'SignedHeaders' parameter.",
    date: "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
  };

  it.each([
    ['AWS4-HMAC-SHA256 Signature=a, SignedHeaders=host', sentence.credential],
    ['AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host', sentence.signature],
    ['AWS4-HMAC-SHA256 Credential=a, Signature=b', sentence.signedHeaders],
    ['AWS4-HMAC-SHA256', `${sentence.credential} ${sentence.signature} ${sentence.signedHeaders}`],
    [`${authorization}, Credential=other/20260101/eu-central-1/kms/aws4_request`, sentence.credential],
  ])('must be complete: %s', (given, expected) => {
    expect(answerTo(authorized(given))).toBe(`IncompleteSignatureException: ${expected} Authorization=${given}`);
  });

  it('must come with a date', () => {
    expect(answerTo(without(request, 'X-Amz-Date'))).toBe(
      `IncompleteSignatureException: ${sentence.date} Authorization=${authorization}`,
    );
    expect(answerTo(without(authorized('AWS4-HMAC-SHA256 Credential=a'), 'X-Amz-Date'))).toBe(
      `IncompleteSignatureException: ${sentence.signature} ${sentence.signedHeaders} ${sentence.date} ` +
        'Authorization=AWS4-HMAC-SHA256 Credential=a',
    );
  });

  it('may separate its parts by commas, blanks or both, in any order', () => {
    const [scheme, ...parts] = authorization.split(/,? /);
    expect(answerTo(authorized(`${scheme} ${parts.join(',')}`))).toBe('accepted');
    expect(answerTo(authorized(`${scheme} ${parts.reverse().join('  ')}`))).toBe('accepted');
  });

  it.each(['AWS4-HMAC-SHA25', 'AWS4-HMAC-SHA512', 'AWS4-ECDSA-P256-SHA256', 'AWS4-hmac-sha256'])(
    'must not name the algorithm %s',
    (algorithm) => {
      expect(answerTo(authorized(authorization.replace('AWS4-HMAC-SHA256', algorithm)))).toBe(
        `IncompleteSignatureException: Unsupported AWS 'algorithm': '${algorithm}' (only AWS4-HMAC-SHA256 for now).`,
      );
    },
  );

  it.each(['a/b/c/d', 'a', 'a/b/c/d/e/f', 'a/b/c/d/e/'])('must not have the credential %s', (credential) => {
    expect(answerTo(authorized(authorization.replace(/Credential=[^,]*/, `Credential=${credential}`)))).toBe(
      'IncompleteSignatureException: Credential must have exactly 5 slash-delimited elements, e.g. ' +
        `keyid/date/region/service/term, got '${credential}'`,
    );
  });
});

describe('the credential scope', () => {
  const scoped = (scope: string): SignedRequest =>
    authorized(authorization.replace(/Credential=[^,]*/, `Credential=${accessKeyId}/${scope}`));

  it.each([
    ['20260101/eu-west-9/kms/aws4_request', "Credential should be scoped to a valid region, not 'eu-west-9'."],
    ['20260101/eu-central-1/s3/aws4_request', "Credential should be scoped to correct service: 'kms'."],
    ['20260101/eu-central-1/KMS/aws4_request', "Credential should be scoped to correct service: 'kms'."],
    [
      '20260101/eu-central-1/kms/aws5_request',
      "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'.",
    ],
    [
      '20251231/eu-central-1/kms/aws4_request',
      'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ' +
        "'20251231' != '20260101', from '20260101T120000Z'.",
    ],
    [
      '2026/x/y/z',
      "Credential should be scoped to a valid region, not 'x'. Credential should be scoped to correct service: 'kms'. " +
        "Credential should be scoped with a valid terminator: 'aws4_request', not 'z'. Date in Credential scope does not " +
        "match YYYYMMDD from ISO-8601 version of date from HTTP: '2026' != '20260101', from '20260101T120000Z'.",
    ],
  ])('is refused when it is %s', (scope, expected) => {
    expect(answerTo(scoped(scope))).toBe(`InvalidSignatureException: ${expected}`);
  });
});

describe('the time of the request', () => {
  const seconds = (count: number): Instant => plusMilliseconds(now, count * 1000);

  it.each([-300, -1, 0, 1, 299, 300])('counts %d seconds later, both ends of five minutes included', (count) => {
    expect(answerTo(request, seconds(count))).toBe('accepted');
  });

  it('counts within the last second of the window', () => {
    expect(answerTo(request, plusMilliseconds(now, 300_999))).toBe('accepted');
  });

  it('is refused when older', () => {
    expect(answerTo(request, seconds(301))).toBe(
      'InvalidSignatureException: Signature expired: 20260101T120000Z is now earlier than 20260101T120001Z ' +
        '(20260101T120501Z - 5 min.)',
    );
  });

  it('is refused when in the future', () => {
    expect(answerTo(request, seconds(-301))).toBe(
      'InvalidSignatureException: Signature not yet current: 20260101T120000Z is still later than 20260101T115959Z ' +
        '(20260101T115459Z + 5 min.)',
    );
  });

  it.each([
    '201',
    '20260101T120000',
    '20260132T120000Z',
    '20260229T120000Z',
    '20261301T120000Z',
    '20260101T240000Z',
    '20260100T120000Z',
    '00010101T120000Z',
    '20260101T126000Z',
    '2026-01-01T12:00:00Z',
    '20260101T120000Z ,',
  ])('is refused when it is %j, even with a good Date header', (given) => {
    const undated = withHeader(request, 'X-Amz-Date', () => given);
    const dated: SignedRequest = { ...undated, headers: [...undated.headers, ['Date', '20260101T120000Z']] };
    expect(answerTo(dated)).toBe(
      `IncompleteSignatureException: Date must be in ISO-8601 'basic format'. Got '${given}'. ` +
        'See http://en.wikipedia.org/wiki/ISO_8601',
    );
  });

  it.each([
    ['Thu, 01 Jan 2026 12:00:00 GMT', 'mismatch'],
    ['20260101T120000Z', 'mismatch'],
    ['Fri, 01 Jan 2026 12:00:00 GMT', 'Date must be'],
    ['Thu, 01 Xyz 2026 12:00:00 GMT', 'Date must be'],
    ['Thu, 01 Jan 2026 12:00:00 CET', 'Date must be'],
  ])('may come from a Date header: %s', (date, expected) => {
    // Without X-Amz-Date its name has to leave the signed headers too, so a readable date ends in a mismatch.
    const unsigned = withHeader(request, 'Authorization', (value) => value.replace('x-amz-date;', ''));
    const undated = without(unsigned, 'X-Amz-Date');
    const given = answerTo({ ...undated, headers: [...undated.headers, ['Date', date]] });
    expect(given).toContain(expected === 'mismatch' ? mismatch : expected);
  });
});

describe('who signed', () => {
  const unrecognised = 'UnrecognizedClientException: The security token included in the request is invalid.';
  const expired = 'ExpiredTokenException: The security token included in the request is expired';
  const token = 'FwoGZXIvYXdzEXAMPLE';
  const credentials = { accessKeyId, secretAccessKey, sessionToken: secretOf(token) };
  const temporary = signedRequest({ credentials });
  const session = { secretAccessKey, sessionToken: secretOf(token), principal: 'session' };

  it('must be known', () => {
    const stranger = { accessKeyId: 'AKIAUNKNOWN', secretAccessKey };
    expect(answerTo(signedRequest({ credentials: stranger }))).toBe(unrecognised);
  });

  it('must know the secret', () => {
    const wrong = signedRequest({ credentials: { accessKeyId, secretAccessKey: secretOf('another secret') } });
    expect(answerTo(wrong)).toBe(mismatch);
  });

  it('is accepted with the right session token', () => {
    expect(answerTo(temporary, now, session)).toBe('accepted');
  });

  it.each([
    [
      'another token of the same length',
      signedRequest({ credentials: { ...credentials, sessionToken: secretOf('XwoGZXIvYXdzEXAMPLE') } }),
    ],
    ['a longer token', signedRequest({ credentials: { ...credentials, sessionToken: secretOf(`${token}x`) } })],
    ['no token', request],
  ])('is refused for a temporary credential with %s', (_what, given) => {
    expect(answerTo(given, now, session)).toBe(unrecognised);
  });

  it('is refused for a long-term access key with a token, also an empty one', () => {
    expect(answerTo(temporary)).toBe(unrecognised);
    expect(answerTo({ ...request, headers: [...request.headers, ['X-Amz-Security-Token', '']] })).toContain(
      "'x-amz-security-token' must be a 'SignedHeader'",
    );
    expect(answerTo(signedRequest({ headers: [['X-Amz-Security-Token', '']] }))).toBe(unrecognised);
  });

  it('is refused from the instant the credential expires', () => {
    const until = { ...session, expiresAt: plusMilliseconds(now, 1) };
    expect(answerTo(temporary, now, until)).toBe('accepted');
    expect(answerTo(temporary, plusMilliseconds(now, 1), until)).toBe(expired);
  });

  it('is refused as the lookup says', () => {
    expect(answerTo(temporary, now, { code: 'SessionTokenExpired' })).toBe(expired);
    expect(answerTo(temporary, now, { code: 'SessionTokenUnrecognised' })).toBe(unrecognised);
  });
});

describe('texts', () => {
  it('name the header that must be signed', () => {
    const left = (name: string): SignedRequest =>
      withHeader(request, 'Authorization', (value) => value.replace(`${name};`, ''));
    expect(answerTo(left('host'))).toBe(
      "InvalidSignatureException: 'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    );
    expect(answerTo(left('x-amz-target'))).toBe(
      "InvalidSignatureException: 'x-amz-target' must be a 'SignedHeader' in the AWS Authorization.",
    );
  });

  it('tell of a signature in the query beside the header', () => {
    expect(answerTo({ ...request, target: '/?X-Amz-Signature=1' })).toBe(
      "InvalidSignatureException: Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
    );
  });

  it.each([
    { code: 'RequestMalformed', part: 'size' },
    { code: 'HeaderRepeated', name: 'host' },
    { code: 'SignedHeadersMalformed' },
    { code: 'SignedHeaderAbsent', name: 'a' },
    { code: 'SignatureMismatch' },
  ] as const)('say no more than that the signature does not match for $code', (refusal) => {
    const { code, message } = describeSigV4Refusal(refusal);
    expect(`${code}: ${message}`).toBe(mismatch);
  });
});

describe('the order of checks', () => {
  it('reports the first fault of several, one after the other', () => {
    const late = plusMilliseconds(now, 3_600_000);
    const stranger = { accessKeyId: 'AKIAUNKNOWN', secretAccessKey };
    const all = signedRequest({ credentials: stranger, region: 'eu-west-9' });
    const unsigned = withHeader(all, 'Authorization', (value) => value.replace('x-amz-target;', '').replace(/.$/, 'x'));
    expect(answerTo(without(unsigned, 'Authorization'), late)).toContain('Missing Authentication Token');
    expect(answerTo(unsigned, late)).toContain('valid region');
    const scoped = withHeader(unsigned, 'Authorization', (value) => value.replace('eu-west-9', 'eu-central-1'));
    expect(answerTo(scoped, late)).toContain('Signature expired');
    expect(answerTo(scoped)).toContain('SignedHeader');
    const signed = withHeader(scoped, 'Authorization', (value) =>
      value.replace('x-amz-date;', 'x-amz-date;x-amz-target;'),
    );
    expect(answerTo(signed)).toContain('UnrecognizedClient');
    const known = withHeader(signed, 'Authorization', (value) => value.replace('AKIAUNKNOWN', accessKeyId));
    const past = { secretAccessKey, principal: 'alice', expiresAt: now };
    expect(answerTo(known, now, past)).toContain('ExpiredToken');
    expect(answerTo(known)).toBe(mismatch);
  });
});
