export {
  type Credential,
  CredentialDirectory,
  type CredentialDirectoryOptions,
  type CredentialRefused,
  type PrincipalSources,
} from './credential-directory';
export { type FirstAccount, type FirstAccountWishes, createFirstAccount } from './first-account';
export { newAccountId } from './new-account-id';
export { secretAccessKeyPlace } from './secret-access-key-place';
export { AccountAdministration, type AccountParts, type RootAccessKey, type RootCredentials } from './accounts';
export { type IdentityOperations, identityOperations } from './identity-operations';
export type { IdentityAnswer, IdentityCall } from './identity-call';
export type { IdentityParts } from './identity-parts';
export type {
  AccessDenied,
  IdentityRefusal,
  MalformedPolicyDocument,
  PackedPolicyTooLarge,
  ValidationError,
  WebIdentityRefusal,
} from './identity-refusals';
export { type ManagementAuthoriser, type ManagementRequest, policyManagementAuthoriser } from './management-authoriser';
export type { ConditionFacts } from './condition-facts';
export type { UnsignedCall } from './assume-role-with-web-identity';
export {
  type WebIdentities,
  type WebIdentityClaims,
  type WebIdentityProvider,
  type WebIdentityTokens,
  providerName,
} from './web-identity';
export type { PageEnd, PageQuery } from './list-marker';
export type { WireBoundary, WireGroup, WirePolicy, WirePolicyVersion, WireRole, WireUser } from './wire-principals';
export type { WireAccessKey } from './access-key-operations';
export type { WireCredentials, WireRoleSession } from './sessions';
export type { CallerDocuments, NamedDocument } from './caller-policies';
export { CallersByArn, type DescribedCaller, type SupposedSession } from './callers-by-arn';
