import { timingSafeEqual } from 'node:crypto';
import type { Instant, SecretBytes } from '@keywarden/kernel';

/** What the verifier must know of an access key. `P` is whatever the service calls a caller. */
export interface SigningCredential<P> {
  readonly secretAccessKey: SecretBytes;
  /** The token a temporary credential must present; a long-term access key has none and must present none. */
  readonly sessionToken?: SecretBytes;
  /** The first instant at which the credential no longer counts. */
  readonly expiresAt?: Instant;
  readonly principal: P;
}

/** For lookups that read the session token themselves. */
export interface CredentialRefusal {
  readonly code: 'SessionTokenUnrecognised' | 'SessionTokenExpired';
}

export type CredentialAnswer<P> = SigningCredential<P> | CredentialRefusal | undefined;

/** Where access keys are kept. */
export interface SigningCredentials<P> {
  /**
   * Answers at once when it can: verification then takes no turn of the event loop. A rejection or exception is a fault.
   *
   * @param accessKeyId as presented, any text without slash and blank
   * @param sessionToken as presented; the verifier compares it with the credential's, so most lookups need not
   * @returns undefined for an access key that is unknown or inactive
   */
  findSigningSecret(
    accessKeyId: string,
    sessionToken: string | undefined,
  ): CredentialAnswer<P> | Promise<CredentialAnswer<P>>;
}

/** Whether the presented token is the one required; takes the same time for every token of the right length. */
export function tokenMatches(required: SecretBytes | undefined, presented: string | undefined): boolean {
  if (required === undefined || presented === undefined) return required === presented;
  const given = Buffer.from(presented, 'latin1');
  return required.expose((token) => token.length === given.length && timingSafeEqual(token, given));
}
