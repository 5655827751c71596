import { instant } from '@keywarden/kernel';
import type { SigV4Refusal } from '@keywarden/sigv4';
import { signatureError } from './sigv4-errors';

const shown = (refusal: SigV4Refusal) => {
  const { status, code, message } = signatureError(refusal);
  return `${status} ${code}: ${message}`;
};
const at = instant(Date.UTC(2026, 0, 1, 12));

describe('a signature that does not count', () => {
  it.each<[string, SigV4Refusal]>([
    ['403 MissingAuthenticationToken: Request is missing Authentication Token', { code: 'MissingAuthenticationToken' }],
    [
      '403 InvalidClientTokenId: The security token included in the request is invalid.',
      { code: 'UnrecognizedClient' },
    ],
    ['403 ExpiredToken: The security token included in the request is expired', { code: 'ExpiredToken' }],
    [
      '403 SignatureDoesNotMatch: Signature expired: 20260101T120000Z is now earlier than 20260101T121500Z ' +
        '(20260101T122000Z - 5 min.)',
      { code: 'SignatureExpired', signedAt: at, now: instant(at + 1_200_000), windowInMinutes: 5 },
    ],
    [
      "400 IncompleteSignature: Unsupported AWS 'algorithm': 'X' (only AWS4-HMAC-SHA256 for now).",
      { code: 'AlgorithmUnsupported', algorithm: 'X' },
    ],
  ])('is told as %s', (expected, refusal) => {
    expect(shown(refusal)).toBe(expected);
  });

  it('never comes with a code of the JSON services', () => {
    expect(shown({ code: 'SignatureMismatch' })).toMatch(/^403 SignatureDoesNotMatch: The request signature/);
    expect(shown({ code: 'RequestMalformed', part: 'size' })).not.toContain('Exception');
  });
});
