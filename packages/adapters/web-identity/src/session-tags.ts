import type { WebIdentityClaims, WebIdentityRefusal } from '@keywarden/identity-service';
import { type Result, accept, refuse } from '@keywarden/kernel';
import type { JWTPayload } from 'jose';

const claim = 'https://aws.amazon.com/tags';

/**
 * Session tags in a token: `{ principal_tags: { Project: ["keys"] } }`, or the same with the name in the claim. Transitive
 * tags are refused: leaving them out would lose what the issuer meant to hold along a chain.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
 */
export function tagsOf(payload: JWTPayload): Result<WebIdentityClaims['tags'], WebIdentityRefusal> {
  const nested: unknown = payload[claim] ?? {};
  const invalid = refuse({ code: 'InvalidIdentityToken' } as const);
  if (!isMembers(nested)) return invalid;
  if (nested['transitive_tag_keys'] !== undefined || payload[`${claim}/transitive_tag_keys`] !== undefined) {
    return refuse({ code: 'IdpRejectedClaim' });
  }
  const flat = payload[`${claim}/principal_tags`];
  if (flat !== undefined && nested['principal_tags'] !== undefined) return invalid;
  const given = flat ?? nested['principal_tags'];
  if (given === undefined) return accept(undefined);
  if (!isMembers(given)) return invalid;
  const tags = Object.entries(given).map(([key, value]) => ({ key, value: Array.isArray(value) ? value : [value] }));
  const single = tags.flatMap(({ key, value }) =>
    value.length === 1 && typeof value[0] === 'string' ? [{ key, value: value[0] }] : [],
  );
  return single.length === tags.length && tags.length <= 50 ? accept(single) : invalid;
}

function isMembers(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
