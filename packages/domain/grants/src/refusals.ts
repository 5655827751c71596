import type { KeyArn } from '@keywarden/kernel';
import type { KeySpec, KeyUsage } from '@keywarden/keys';

/** The text names no principal or service that a grant can be given to. */
export interface GrantPartyNotValid {
  readonly code: 'GrantPartyNotValid';
  readonly given: string;
}

/** What a grant shall say does not go together, or not with the key. */
export type GrantTermsRefusal =
  | { readonly code: 'GrantOperationsMissing' }
  | { readonly code: 'GrantOnlyToCreateGrants' }
  | {
      readonly code: 'GrantOperationNotOfKey';
      readonly operation: string;
      readonly spec: KeySpec;
      readonly usage: KeyUsage;
    }
  | { readonly code: 'GrantConstraintsAmbiguous' }
  | { readonly code: 'GrantConstraintNotOfKey'; readonly spec: KeySpec }
  | { readonly code: 'GrantConstraintTooManyPairs'; readonly limit: number }
  | { readonly code: 'GrantConstraintValueTooLong'; readonly limit: number }
  | { readonly code: 'GrantSourceArnMissing' }
  | { readonly code: 'GrantRetiringPartyMissing' };

export type GrantQuotaReached = {
  readonly code: 'GrantQuotaReached';
  readonly limit: number;
  readonly current: number;
};

export interface GrantNotFound {
  readonly code: 'GrantNotFound';
  readonly keyArn: KeyArn;
  readonly grantId: string;
}
