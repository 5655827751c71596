import type { Instant } from '@keywarden/kernel';

/** What an Authorization header must bring; `Date` stands for an X-Amz-Date or Date header. */
export type AuthorizationPart = 'Credential' | 'Signature' | 'SignedHeaders' | 'Date';

/** One way in which the credential scope differs from what this endpoint serves. */
export type ScopeFault =
  | { readonly part: 'region'; readonly given: string }
  | { readonly part: 'service'; readonly expected: string }
  | { readonly part: 'terminator'; readonly given: string }
  | { readonly part: 'date'; readonly given: string; readonly signedAt: Instant };

/** Why a request cannot be brought into canonical form. A well-behaved HTTP server lets none of these through. */
export type MalformedPart = 'method' | 'target' | 'query escape' | 'header name' | 'header value' | 'size';

/** Why a request does not count as signed. `header` is the Authorization header as sent: it holds no secret. */
export type SigV4Refusal =
  | { readonly code: 'MissingAuthenticationToken' }
  | { readonly code: 'RequestMalformed'; readonly part: MalformedPart }
  | { readonly code: 'HeaderRepeated'; readonly name: string }
  | { readonly code: 'SignatureInQueryAndHeader' }
  | { readonly code: 'AuthorizationPieceMalformed'; readonly piece: string; readonly header: string }
  | {
      readonly code: 'AuthorizationIncomplete';
      readonly missing: readonly AuthorizationPart[];
      readonly header: string;
    }
  | { readonly code: 'AlgorithmUnsupported'; readonly algorithm: string }
  | { readonly code: 'CredentialMalformed'; readonly credential: string }
  | { readonly code: 'DateMalformed'; readonly given: string }
  | { readonly code: 'CredentialScopeMismatch'; readonly faults: readonly ScopeFault[] }
  | {
      readonly code: 'SignatureExpired' | 'SignatureNotYetCurrent';
      readonly signedAt: Instant;
      readonly now: Instant;
      readonly windowInMinutes: number;
    }
  | { readonly code: 'SignedHeadersMalformed' }
  | { readonly code: 'HeaderNotSigned'; readonly name: string }
  | { readonly code: 'SignedHeaderAbsent'; readonly name: string }
  | { readonly code: 'UnrecognizedClient' }
  | { readonly code: 'ExpiredToken' }
  | { readonly code: 'SignatureMismatch' };
