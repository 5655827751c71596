export type { AuthorisedCall, AuthorisedUse, KmsAction } from './authorised-use';
export type { AccessDenied, Authoriser, CallRequest, ConditionValues, UseRequest } from './authoriser';
export { sameAccountAuthoriser } from './same-account-authoriser';
