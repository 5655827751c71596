import type { WebIdentityClaims, WebIdentityRefusal } from '@keywarden/identity-service';
import { type Instant, type Result, accept, instant, refuse } from '@keywarden/kernel';
import type { JWTPayload } from 'jose';
import { tagsOf } from './session-tags';

/**
 * Reads the claims of a token whose signature, issuer, `exp` and `nbf` were checked.
 *
 * @param latest the latest `iat` that is not from the future
 * @see https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation
 */
export function readClaims(
  payload: JWTPayload,
  accepted: readonly string[],
  latest: Instant,
): Result<WebIdentityClaims, WebIdentityRefusal> {
  const { iss, sub, aud, azp, exp, iat, nbf, amr } = payload;
  const rejected = refuse({ code: 'IdpRejectedClaim' } as const);
  const invalid = refuse({ code: 'InvalidIdentityToken' } as const);
  if (iss === undefined || exp === undefined || iat === undefined || aud === undefined) return rejected;
  if (typeof sub !== 'string' || sub.length < 1 || sub.length > 255) return rejected;
  const expiresAt = moment(exp);
  const issuedAt = moment(iat);
  const notBefore = nbf === undefined ? undefined : moment(nbf);
  if (expiresAt === undefined || issuedAt === undefined || issuedAt > latest) return invalid;
  if (nbf !== undefined && notBefore === undefined) return invalid;
  const audiences: unknown = typeof aud === 'string' ? [aud] : aud;
  if (!isStrings(audiences) || !(amr === undefined || isStrings(amr))) return invalid;
  if (!(azp === undefined || typeof azp === 'string')) return invalid;
  if (!audiences.some((audience) => accepted.includes(audience))) return rejected;
  // A token shared with others must say whom it was issued to, and that must be somebody we know.
  if (azp === undefined ? audiences.length > 1 : !accepted.includes(azp)) return rejected;
  const tags = tagsOf(payload);
  if (!tags.ok) return tags;
  return accept({
    ...{ issuer: iss, subject: sub, audiences, expiresAt },
    ...(azp === undefined ? {} : { authorizedParty: azp }),
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(amr === undefined ? {} : { methods: amr }),
    ...(tags.value === undefined ? {} : { tags: tags.value }),
  });
}

/** Seconds since the epoch, perhaps with a fraction. */
function moment(seconds: unknown): Instant | undefined {
  const inRange = typeof seconds === 'number' && seconds >= 0 && seconds <= 8.64e12;
  return inRange ? instant(Math.floor(seconds * 1_000)) : undefined;
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.length <= 100 && value.every((item) => typeof item === 'string');
}
