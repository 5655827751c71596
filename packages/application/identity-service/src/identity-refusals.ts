import type { PrincipalRefusal } from '@keywarden/identity';
import type { PolicyRefusal } from '@keywarden/policy';

/** The codes are those of IAM and STS; the sentences are made at the protocol edge. */
export interface AccessDenied {
  readonly code: 'AccessDenied';
  readonly callerArn: string;
  /** `iam:CreateUser` */
  readonly action: string;
  readonly resource: string;
  readonly explicit: boolean;
}

export interface MalformedPolicyDocument {
  readonly code: 'MalformedPolicyDocument';
  readonly because:
    | { readonly code: 'Grammar'; readonly refusal: PolicyRefusal }
    | { readonly code: 'CharactersNotAllowed' }
    /** Of a trust policy: it names its resource itself. */
    | { readonly code: 'ResourceNotAllowed' }
    /** Of a trust policy: it would trust whoever is not listed. */
    | { readonly code: 'NotPrincipalNotAllowed' }
    | { readonly code: 'ActionNotAllowed'; readonly action: string }
    | { readonly code: 'PrincipalUnknown'; readonly principal: string };
}

/** A member of the request breaks a constraint of the API. */
export interface ValidationError {
  readonly code: 'ValidationError';
  /** As in the API: `UserName`. */
  readonly member: string;
}

/** Session policies and tags together are more than a session token may carry. */
export interface PackedPolicyTooLarge {
  readonly code: 'PackedPolicyTooLarge';
  /** Above 100. */
  readonly percent: number;
}

/** Why a web identity token does not count. */
export type WebIdentityRefusal =
  | { readonly code: 'InvalidIdentityToken' }
  | { readonly code: 'ExpiredIdentityToken' }
  /** The issuer's word is not accepted here: another audience, or a claim that is missing. */
  | { readonly code: 'IdpRejectedClaim' }
  /** The issuer's keys cannot be had right now; the caller may try again. */
  | { readonly code: 'IdpCommunicationError' };

export type IdentityRefusal =
  | PrincipalRefusal
  | AccessDenied
  | MalformedPolicyDocument
  | ValidationError
  | PackedPolicyTooLarge
  | WebIdentityRefusal;

export function validationError(member: string): ValidationError {
  return { code: 'ValidationError', member };
}
