import { decodeJwt, decodeProtectedHeader } from 'jose';

/** What a token claims of itself; decides which keys are looked at, and nothing else. */
export interface UnverifiedToken {
  readonly algorithm: string;
  readonly issuer: string;
}

/**
 * @returns nothing for what is no ID token: another shape or size, another `typ`, or an extension that must be
 *   understood (`crit`). Keys that a token brings along (`jwk`, `jku`, `x5c`, `x5u`) are not looked at.
 * @see https://www.rfc-editor.org/rfc/rfc8725
 */
export function peek(token: string): UnverifiedToken | undefined {
  if (token.length < 4 || token.length > 20_000 || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return undefined;
  try {
    const { alg, typ, crit, kid } = decodeProtectedHeader(token);
    const { iss } = decodeJwt(token);
    if (typeof alg !== 'string' || typeof iss !== 'string' || crit !== undefined) return undefined;
    if (kid !== undefined && (typeof kid !== 'string' || kid.length > 1_024)) return undefined;
    const isJwt = typ === undefined || (typeof typ === 'string' && /^(application\/)?jwt$/i.test(typ));
    return isJwt ? { algorithm: alg, issuer: iss } : undefined;
  } catch {
    return undefined;
  }
}
