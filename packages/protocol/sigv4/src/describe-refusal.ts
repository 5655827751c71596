import { plusMilliseconds } from '@keywarden/kernel';
import type { AuthorizationPart, ScopeFault, SigV4Refusal } from './refusal';
import { formatBasic } from './request-time';

/** AWS's name for the error and the text a client sees. */
export interface SigV4ErrorText {
  readonly code:
    | 'MissingAuthenticationTokenException'
    | 'IncompleteSignatureException'
    | 'InvalidSignatureException'
    | 'UnrecognizedClientException'
    | 'ExpiredTokenException';
  readonly message: string;
}

type Describe = {
  readonly [C in SigV4Refusal['code']]: (refusal: Extract<SigV4Refusal, { code: C }>) => SigV4ErrorText;
};

const incomplete = (message: string): SigV4ErrorText => ({ code: 'IncompleteSignatureException', message });
const invalid = (message: string): SigV4ErrorText => ({ code: 'InvalidSignatureException', message });

/** Never with the canonical request, which some AWS services print: it may hold a session token. */
const mismatch = (): SigV4ErrorText =>
  invalid(
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key ' +
      'and signing method. Consult the service documentation for details.',
  );

const missingSentence: { readonly [P in AuthorizationPart]: string } = {
  Credential: "Authorization header requires 'Credential' parameter.",
  Signature: "Authorization header requires 'Signature' parameter.",
  SignedHeaders: "Authorization header requires 'SignedHeaders' parameter.",
  Date: "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
};

function scopeSentence(fault: ScopeFault): string {
  switch (fault.part) {
    case 'region':
      return `Credential should be scoped to a valid region, not '${fault.given}'.`;
    case 'service':
      return `Credential should be scoped to correct service: '${fault.expected}'.`;
    case 'terminator':
      return `Credential should be scoped with a valid terminator: 'aws4_request', not '${fault.given}'.`;
    case 'date': {
      const time = formatBasic(fault.signedAt);
      return (
        'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ' +
        `'${fault.given}' != '${time.slice(0, 8)}', from '${time}'.`
      );
    }
  }
}

type OutsideWindow = Extract<SigV4Refusal, { windowInMinutes: number }>;

function outsideWindow({ code, signedAt, now, windowInMinutes }: OutsideWindow): SigV4ErrorText {
  const expired = code === 'SignatureExpired';
  const limit = formatBasic(plusMilliseconds(now, (expired ? -60_000 : 60_000) * windowInMinutes));
  const relation = expired
    ? 'Signature expired: # is now earlier than'
    : 'Signature not yet current: # is still later than';
  const window = `(${formatBasic(now)} ${expired ? '-' : '+'} ${windowInMinutes} min.)`;
  return invalid(`${relation.replace('#', formatBasic(signedAt))} ${limit} ${window}`);
}

const texts: Describe = {
  MissingAuthenticationToken: () => ({
    code: 'MissingAuthenticationTokenException',
    message: 'Missing Authentication Token',
  }),
  RequestMalformed: mismatch,
  HeaderRepeated: mismatch,
  SignatureInQueryAndHeader: () =>
    invalid("Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."),
  AuthorizationPieceMalformed: ({ piece, header }) =>
    incomplete(`'${piece}' not a valid key=value pair (missing equal-sign) in Authorization header: '${header}'.`),
  AuthorizationIncomplete: ({ missing, header }) =>
    incomplete(`${missing.map((part) => missingSentence[part]).join(' ')} Authorization=${header}`),
  AlgorithmUnsupported: ({ algorithm }) =>
    incomplete(`Unsupported AWS 'algorithm': '${algorithm}' (only AWS4-HMAC-SHA256 for now).`),
  CredentialMalformed: ({ credential }) =>
    incomplete(
      'Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, ' +
        `got '${credential}'`,
    ),
  DateMalformed: ({ given }) =>
    incomplete(`Date must be in ISO-8601 'basic format'. Got '${given}'. See http://en.wikipedia.org/wiki/ISO_8601`),
  CredentialScopeMismatch: ({ faults }) => invalid(faults.map(scopeSentence).join(' ')),
  SignatureExpired: outsideWindow,
  SignatureNotYetCurrent: outsideWindow,
  SignedHeadersMalformed: mismatch,
  HeaderNotSigned: ({ name }) =>
    invalid(
      `${name === 'host' ? "'Host' or ':authority'" : `'${name}'`} must be a 'SignedHeader' in the AWS Authorization.`,
    ),
  SignedHeaderAbsent: mismatch,
  UnrecognizedClient: () => ({
    code: 'UnrecognizedClientException',
    message: 'The security token included in the request is invalid.',
  }),
  ExpiredToken: () => ({
    code: 'ExpiredTokenException',
    message: 'The security token included in the request is expired',
  }),
  SignatureMismatch: mismatch,
};

/**
 * The error AWS answers with. Where AWS's text for a case is not known (a header sent twice, a malformed request), it is
 * the text of a signature that does not match.
 */
export function describeSigV4Refusal(refusal: SigV4Refusal): SigV4ErrorText {
  // The table has exactly one entry for each code, so the entry found takes this refusal.
  return (texts[refusal.code] as (given: SigV4Refusal) => SigV4ErrorText)(refusal);
}
