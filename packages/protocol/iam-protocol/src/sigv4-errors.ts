import type { QueryError } from '@keywarden/aws-query';
import { type SigV4ErrorText, type SigV4Refusal, describeSigV4Refusal } from '@keywarden/sigv4';

/** IAM and STS have their own codes and statuses for what the JSON services call an exception. */
const errors: { readonly [C in SigV4ErrorText['code']]: Omit<QueryError, 'message'> } = {
  MissingAuthenticationTokenException: { code: 'MissingAuthenticationToken', status: 403 },
  IncompleteSignatureException: { code: 'IncompleteSignature', status: 400 },
  InvalidSignatureException: { code: 'SignatureDoesNotMatch', status: 403 },
  UnrecognizedClientException: { code: 'InvalidClientTokenId', status: 403 },
  ExpiredTokenException: { code: 'ExpiredToken', status: 403 },
};

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html */
export function signatureError(refusal: SigV4Refusal): QueryError {
  const { code, message } = describeSigV4Refusal(refusal);
  const shown = code === 'MissingAuthenticationTokenException' ? 'Request is missing Authentication Token' : message;
  return { ...errors[code], message: shown };
}
