export type { AuthorisedCall, AuthorisedUse, KmsAction } from './authorised-use';
export type {
  AccessDenied,
  AttestedMeasurements,
  Authoriser,
  CallRequest,
  DenialReason,
  Evidence,
  EvidenceNeeded,
  RequestFacts,
  RequestOrigin,
  UseRequest,
} from './authoriser';
export { sameAccountAuthoriser } from './same-account-authoriser';
export { policyAuthoriser } from './policy-authoriser';
export { type CompiledPolicies, PoliciesInForce } from './policies-in-force';
export { GrantSelection } from './grant-selection';
export { principalAt } from './meant-by-name';
export { granteesOf } from './caller-names';
export { type UseExplanation, explainUse } from './explain-use';
export type { UseVerdict } from './use-verdict';
