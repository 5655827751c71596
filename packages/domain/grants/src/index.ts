export {
  type GrantOperation,
  allGrantOperations,
  fitsKey,
  inModelOrder,
  isGrantOperation,
  isSymmetricKey,
} from './grant-operations';
export { type GrantParty, accountOfParty, parseGrantPrincipal, parseGrantService, partyName } from './grant-party';
export {
  type ContextPairs,
  type GrantConstraints,
  atLeastAsStrict,
  checkConstraints,
  contextAllowed,
  noConstraints,
  sameConstraints,
} from './grant-constraints';
export {
  type ConstrainedRequest,
  type Grant,
  type GrantId,
  type GrantTerms,
  grantAllows,
  issuingAccountArn,
  newGrantId,
  parseGrantId,
  sameTerms,
} from './grant';
export { type CreateGrantRefusal, type GrantsOfKey, checkTerms, createGrant, mayDelegate } from './create-grant';
export { retirementGround } from './retire-grant';
export { GrantIndex } from './grant-index';
export type { GrantEnding, GrantQuery, GrantRepository, RetirableGrantsQuery } from './grant-repository';
export type { ClaimedGrant, GrantTokens } from './grant-tokens';
export type { GrantNotFound, GrantPartyNotValid, GrantQuotaReached, GrantTermsRefusal } from './refusals';
