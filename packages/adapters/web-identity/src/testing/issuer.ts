import { SettableClock } from '@keywarden/kernel/testing';
import { type CryptoKey, type JWK, type JWTPayload, SignJWT, exportJWK, generateKeyPair } from 'jose';
import type { IssuerConfig, KeySource } from '../issuer-config';
import { JoseWebIdentityTokens } from '../jose-web-identity-tokens';
import type { WebIdentityLimits } from '../limits';

export const issuer = 'https://token.example.com';

export interface SigningKey {
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

export async function signingKey(kid = 'k1', alg = 'ES256'): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid } };
}

/** An issuer at a clock that stands still, and tokens of it. */
export function issuerSuite(
  keys: KeySource,
  more: Partial<IssuerConfig> = {},
  limits: Partial<WebIdentityLimits> = {},
) {
  const clock = new SettableClock();
  const tokens = new JoseWebIdentityTokens(
    [{ issuer, audiences: ['sts', 'other-client'], keys, ...more }],
    clock,
    limits,
  );
  const seconds = clock.now() / 1_000;
  const standard = { iss: issuer, sub: 'repo:keys:main', aud: 'sts', iat: seconds, exp: seconds + 300 };
  const sign = (key: SigningKey, claims: JWTPayload = {}, header: object = {}) =>
    new SignJWT({ ...standard, ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: key.jwk.kid, ...header })
      .sign(key.privateKey);
  return { clock, tokens, seconds, standard, sign, verify: (token: string) => tokens.verify(token, [issuer]) };
}

export const inline = (...keys: JWK[]): KeySource => ({ kind: 'Inline', jwks: { keys } });
