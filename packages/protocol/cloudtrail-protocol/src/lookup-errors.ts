import type { LookupRefusal } from '@keywarden/audit-reading';
import type { WireError } from '@keywarden/aws-json';

type Translate = {
  readonly [C in LookupRefusal['code']]: (refusal: Extract<LookupRefusal, { readonly code: C }>) => WireError;
};

/** Codes are those of CloudTrail's model; of the texts only the one of a denial is known, the others are ours. */
export const lookupErrors: Translate = {
  AccessDenied: ({ callerArn, action, explicit }) => ({
    type: 'AccessDeniedException',
    message:
      `User: ${callerArn} is not authorized to perform: ${action} ` +
      (explicit
        ? 'with an explicit deny in an identity-based policy'
        : `because no identity-based policy allows the ${action} action`),
    messageMember: 'Message',
  }),
  LookupAttributesNotValid: () => ({
    type: 'InvalidLookupAttributesException',
    message: 'At most one lookup attribute may be given, and ReadOnly is true or false.',
  }),
  LookupTimeRangeNotValid: () => ({
    type: 'InvalidTimeRangeException',
    message: 'The start time must not be after the end time.',
  }),
  LookupMaxResultsNotValid: ({ limit }) => ({
    type: 'InvalidMaxResultsException',
    message: `MaxResults must be from 1 to ${limit}.`,
  }),
  LookupTokenNotValid: () => ({
    type: 'InvalidNextTokenException',
    message: 'The token is not valid, or belongs to a request with other parameters.',
  }),
};

export function lookupError(refusal: LookupRefusal): WireError {
  // Each entry takes the refusal of its own code; the compiler cannot follow that through the index.
  const translate = lookupErrors[refusal.code] as (given: LookupRefusal) => WireError;
  return translate(refusal);
}
