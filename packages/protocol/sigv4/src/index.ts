export { claimedAccessKeyId } from './claimed-access-key';
export { type HeaderPair, type SignedRequest, headerPairs } from './signed-request';
export type { AuthorizationPart, MalformedPart, ScopeFault, SigV4Refusal } from './refusal';
export { type SigV4ErrorText, describeSigV4Refusal } from './describe-refusal';
export type { AcceptedScopes } from './credential-scope';
export type { CredentialAnswer, CredentialRefusal, SigningCredential, SigningCredentials } from './signing-credential';
export {
  type Claimed,
  SigV4Verifier,
  type SigV4VerifierOptions,
  type Verification,
  type Verified,
} from './sigv4-verifier';
export { type RequestToSign, type SignerCredentials, signRequest } from './sign-request';
