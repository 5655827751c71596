import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Instant, type Result, SecretBytes, accept, refuse } from '@keywarden/kernel';
import { type Authorization, parseAuthorization } from './authorization-header';
import { canonicalTarget } from './canonical-target';
import { type AcceptedScopes, checkScope } from './credential-scope';
import { headerTable } from './header-table';
import type { SigV4Refusal } from './refusal';
import { checkWindow, requestTime } from './request-time';
import type { SignedRequest } from './signed-request';
import { canonicalHeaders } from './signed-headers';
import { type CredentialAnswer, type SigningCredentials, tokenMatches } from './signing-credential';
import { deriveSigningKey } from './signing-key';
import { SigningKeyCache } from './signing-key-cache';
import { canonicalRequest, stringToSign } from './string-to-sign';

/** Proof that the holder of an access key signed this very request. */
export interface Verified<P> {
  readonly principal: P;
  readonly accessKeyId: string;
  readonly region: string;
  /** The service the signature is for. With several accepted, check that it is the one the operation belongs to. */
  readonly service: string;
  readonly signedAt: Instant;
}

/** Whose access key a request names whose signature does not hold, for the record: it proves nothing. */
export interface Claimed<P> {
  readonly principal: P;
  readonly region: string;
  readonly service: string;
}

export type Verification<P> = Result<Verified<P>, SigV4Refusal & { readonly claimed?: Claimed<P> }>;

export interface SigV4VerifierOptions<P> extends AcceptedScopes {
  readonly credentials: SigningCredentials<P>;
  /** How far the request's time may lie from now, either way. Default 5. */
  readonly windowInMinutes?: number;
  /** Default 1,000 signing keys. */
  readonly signingKeyCapacity?: number;
}

/** What is left to check once the credential is known. */
interface Claim {
  readonly authorization: Authorization;
  readonly sessionToken: string | undefined;
  readonly signedAt: Instant;
  readonly toSign: string;
}

const maxTargetCharacters = 8_192;
const methodPattern = /^[A-Z]{1,20}$/;
/** Origin form; anything else (absolute form, `*`) names a place the Host header does not. */
const targetPattern = /^\/[\x20-\x7e\x80-\xff]*$/;
const signaturePattern = /^[0-9a-f]{64}$/;

/**
 * Verifies AWS Signature Version 4 in the Authorization header over the bytes of the request. The hash of the payload is
 * always that of the body at hand: an `x-amz-content-sha256` header is a header like any other.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 */
export class SigV4Verifier<P> {
  readonly #options: SigV4VerifierOptions<P>;
  readonly #windowInMinutes: number;
  readonly #signingKeys: SigningKeyCache;
  /** Unknown access keys are checked against a key nobody has, so that they take as long as known ones. */
  readonly #nobody = deriveSigningKey(SecretBytes.adopt(randomBytes(40)), { date: '', region: '', service: '' });

  constructor(options: SigV4VerifierOptions<P>) {
    this.#options = options;
    this.#windowInMinutes = options.windowInMinutes ?? 5;
    this.#signingKeys = new SigningKeyCache(options.signingKeyCapacity ?? 1_000);
  }

  /** Answers at once when the credential lookup does; a promise only when the lookup returned one. */
  verify(request: SignedRequest, now: Instant): Verification<P> | Promise<Verification<P>> {
    const claim = this.#claim(request, now);
    if (!claim.ok) return claim;
    const { authorization, sessionToken } = claim.value;
    const answer = this.#options.credentials.findSigningSecret(authorization.accessKeyId, sessionToken);
    if (isPromise(answer)) return answer.then((later) => this.#decide(claim.value, later, now));
    return this.#decide(claim.value, answer, now);
  }

  /** Drops the signing keys of an access key that was deleted, deactivated or replaced. */
  forget(accessKeyId: string): void {
    this.#signingKeys.forget(accessKeyId);
  }

  #claim(request: SignedRequest, now: Instant): Result<Claim, SigV4Refusal> {
    const { method, target, headers, body } = request;
    if (!methodPattern.test(method)) return refuse({ code: 'RequestMalformed', part: 'method' });
    if (target.length > maxTargetCharacters) return refuse({ code: 'RequestMalformed', part: 'size' });
    if (!targetPattern.test(target)) return refuse({ code: 'RequestMalformed', part: 'target' });
    const table = headerTable(headers);
    if (!table.ok) return table;
    const canonical = canonicalTarget(target);
    if (canonical === undefined) return refuse({ code: 'RequestMalformed', part: 'query escape' });

    const time = requestTime(table.value.get('x-amz-date'), table.value.get('date'));
    const parsed = parseAuthorization(table.value.get('authorization'), time !== undefined);
    if (!parsed.ok) return parsed;
    if (canonical.presigned) return refuse({ code: 'SignatureInQueryAndHeader' });
    // INVARIANT: parseAuthorization refuses a request without a time.
    if (time === undefined) return refuse({ code: 'MissingAuthenticationToken' });
    if (!time.ok) return time;

    const authorization = parsed.value;
    const { at: signedAt, basic: basicTime } = time.value;
    const fault =
      checkScope(authorization, this.#options, signedAt, basicTime) ??
      checkWindow(signedAt, now, this.#windowInMinutes);
    if (fault !== undefined) return refuse(fault);

    const { signedHeaders } = authorization;
    const lines = canonicalHeaders(signedHeaders, table.value);
    if (!lines.ok) return lines;
    const payloadHash = hash('sha256', body, 'hex');
    const toSign = stringToSign(
      canonicalRequest(method, canonical, lines.value, signedHeaders, payloadHash),
      basicTime,
      authorization,
    );
    const sessionToken = table.value.get('x-amz-security-token');
    return accept({ authorization, sessionToken, signedAt, toSign });
  }

  #decide(claim: Claim, answer: CredentialAnswer<P>, now: Instant): Verification<P> {
    const { authorization, sessionToken, signedAt, toSign } = claim;
    const credential = answer === undefined || 'code' in answer ? undefined : answer;
    const key =
      credential === undefined
        ? this.#nobody
        : this.#signingKeys.signingKey(authorization.accessKeyId, credential.secretAccessKey, authorization);
    const matches = sameSignature(authorization.signature, key.signature(toSign));

    if (answer === undefined) return refuse({ code: 'UnrecognizedClient' });
    if ('code' in answer) {
      return refuse({ code: answer.code === 'SessionTokenExpired' ? 'ExpiredToken' : 'UnrecognizedClient' });
    }
    const { principal } = answer;
    const { accessKeyId, region, service } = authorization;
    if (!tokenMatches(answer.sessionToken, sessionToken)) return refuse({ code: 'UnrecognizedClient' });
    const claimed = { principal, region, service };
    if (answer.expiresAt !== undefined && now >= answer.expiresAt) return refuse({ code: 'ExpiredToken', claimed });
    if (!matches) return refuse({ code: 'SignatureMismatch', claimed });
    return accept({ principal, accessKeyId, region, service, signedAt });
  }
}

/** Not `instanceof`, which a promise of another realm would fail. */
function isPromise<P>(
  answer: CredentialAnswer<P> | Promise<CredentialAnswer<P>>,
): answer is Promise<CredentialAnswer<P>> {
  return answer !== undefined && 'then' in answer;
}

/** @param computed 64 lower-case hexadecimal digits */
function sameSignature(given: string, computed: string): boolean {
  if (!signaturePattern.test(given)) return false;
  return timingSafeEqual(Buffer.from(given, 'latin1'), Buffer.from(computed, 'latin1'));
}
