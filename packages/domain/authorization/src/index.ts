export type { AuthorisedCall, AuthorisedUse, KmsAction } from './authorised-use';
export type { AccessDenied, Authoriser, CallRequest, RequestFacts, RequestOrigin, UseRequest } from './authoriser';
export { sameAccountAuthoriser } from './same-account-authoriser';
