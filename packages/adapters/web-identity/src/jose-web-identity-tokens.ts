import type { WebIdentityClaims, WebIdentityRefusal, WebIdentityTokens } from '@keywarden/identity-service';
import { type Clock, type Result, plusMilliseconds, refuse } from '@keywarden/kernel';
import { type JWTVerifyGetKey, errors, jwtVerify } from 'jose';
import { readClaims } from './claims';
import { type IssuerConfig, checkIssuer } from './issuer-config';
import { IssuerKeys } from './issuer-keys';
import { type WebIdentityLimits, defaultLimits } from './limits';
import { loadKeySet } from './load-key-set';
import { isPublicKey } from './public-keys';
import { peek } from './unverified-token';

type Verified = Result<WebIdentityClaims, WebIdentityRefusal>;
const invalid: WebIdentityRefusal = { code: 'InvalidIdentityToken' };

/** Verifies ID tokens of configured issuers with jose. Holds nothing that must be closed. */
export class JoseWebIdentityTokens implements WebIdentityTokens {
  readonly #issuers = new Map<string, { readonly config: IssuerConfig; readonly keys: IssuerKeys }>();
  readonly #clock: Clock;
  readonly #limits: WebIdentityLimits;

  /** @throws TypeError when an issuer is configured twice or wrongly, or its inline keys are not all public */
  constructor(issuers: readonly IssuerConfig[], clock: Clock, limits: Partial<WebIdentityLimits> = {}) {
    this.#clock = clock;
    this.#limits = { ...defaultLimits, ...limits };
    for (const config of issuers) {
      checkIssuer(config);
      if (this.#issuers.has(config.issuer)) throw new TypeError(`${config.issuer} is configured twice`);
      const { keys: source } = config;
      if (source.kind === 'Inline' && !source.jwks.keys.every(isPublicKey)) {
        throw new TypeError(`${config.issuer}: inline keys must be public`);
      }
      const keys = new IssuerKeys(() => loadKeySet(source, this.#limits), clock, this.#limits);
      this.#issuers.set(config.issuer, { config, keys });
    }
  }

  async verify(token: string, issuers: readonly string[]): Promise<Verified> {
    const unverified = peek(token);
    if (unverified === undefined || !issuers.includes(unverified.issuer)) return refuse(invalid);
    const known = this.#issuers.get(unverified.issuer);
    if (known === undefined) return refuse(invalid);
    const { config, keys } = known;
    const algorithms: readonly string[] = config.algorithms ?? ['RS256', 'ES256', 'EdDSA'];
    if (!algorithms.includes(unverified.algorithm)) return refuse(invalid);

    const current = await keys.current();
    const first = current.find && (await this.#check(token, config, [...algorithms], current.find));
    if (first !== undefined && first !== 'KeyUnknown') return first;
    const newer = await keys.newer();
    const second =
      newer.find === undefined || newer.find === current.find
        ? 'KeyUnknown'
        : await this.#check(token, config, [...algorithms], newer.find);
    if (second !== 'KeyUnknown') return second;
    return refuse(newer.failing ? { code: 'IdpCommunicationError' } : invalid);
  }

  async #check(
    token: string,
    { issuer, audiences }: IssuerConfig,
    algorithms: string[],
    find: JWTVerifyGetKey,
  ): Promise<Verified | 'KeyUnknown'> {
    const { clockSkewMs } = this.#limits;
    const now = this.#clock.now();
    try {
      const { payload } = await jwtVerify(token, find, {
        ...{ algorithms, issuer, currentDate: new Date(now), clockTolerance: clockSkewMs / 1_000 },
      });
      return readClaims(payload, audiences, plusMilliseconds(now, clockSkewMs));
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) return 'KeyUnknown';
      // All else is the token's or the key's fault: a signature, a time, a key that is broken or ambiguous.
      return refuse(error instanceof errors.JWTExpired ? { code: 'ExpiredIdentityToken' } : invalid);
    }
  }
}
