import type { GrantNotFound, GrantPartyNotValid, GrantQuotaReached, GrantTermsRefusal } from '@keywarden/grants';

/** A parameter about grants that is well-formed but not acceptable. */
export type GrantParameterRefusal =
  | { readonly code: 'GranteeUnclear' }
  | { readonly code: 'RetiringPartyUnclear' }
  | { readonly code: 'GrantToRetireUnclear' }
  | { readonly code: 'GrantIdNotValid'; readonly grantId: string }
  | { readonly code: 'GrantTokenNotValid' };

export type GrantRefusal =
  GrantParameterRefusal | GrantTermsRefusal | GrantPartyNotValid | GrantQuotaReached | GrantNotFound;
