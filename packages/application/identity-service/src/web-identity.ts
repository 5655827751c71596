import type { AccountId, Instant, Result } from '@keywarden/kernel';
import type { WebIdentityRefusal } from './identity-refusals';

/** What an OIDC issuer says of somebody, after its signature was checked. */
export interface WebIdentityClaims {
  /** As in the token: `https://token.example.com/path`. */
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
  /** The client the token was issued to (`azp`), when it says so. */
  readonly authorizedParty?: string;
  readonly expiresAt: Instant;
  readonly notBefore?: Instant;
  /** How the subject proved who it is. */
  readonly methods?: readonly string[];
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
}

/** Checks signatures of web identity tokens against the keys their issuer publishes. */
export interface WebIdentityTokens {
  /**
   * @param token a JWT, 4 to 20,000 characters
   * @param issuers whose keys may be asked for; a token of any other is invalid, and nothing is fetched for it
   */
  verify(token: string, issuers: readonly string[]): Promise<Result<WebIdentityClaims, WebIdentityRefusal>>;
}

/** An OIDC issuer that an account believes. */
export interface WebIdentityProvider {
  /** Whose roles may trust it; for every other account it is nobody. */
  readonly account: AccountId;
  /** `https://` and no slash at the end unless the tokens have one. */
  readonly issuer: string;
  /** Audiences accepted; at least one. */
  readonly clientIds: readonly string[];
}

export interface WebIdentities {
  readonly tokens: WebIdentityTokens;
  readonly providers: readonly WebIdentityProvider[];
}

/** The issuer as condition keys and provider ARNs name it: without its scheme. */
export function providerName(issuer: string): string {
  return issuer.replace(/^https:\/\//, '');
}
