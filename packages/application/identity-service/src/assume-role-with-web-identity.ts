import { type AccountId, type Instant, type Result, accept, instant, refuse } from '@keywarden/kernel';
import { callerOfType } from '@keywarden/policy';
import { type ConditionFacts, conditionKey, facts, joined, requestTagFacts } from './condition-facts';
import type { IdentityAnswer, IdentityCall } from './identity-call';
import type { IdentityParts } from './identity-parts';
import { type IdentityRefusal, type WebIdentityRefusal, validationError } from './identity-refusals';
import {
  type RoleSessionRequest,
  checkSessionNames,
  findRole,
  sessionEnd,
  sessionPolicies,
  sessionTags,
} from './session-request';
import type { Sessions, WireRoleSession } from './sessions';
import { trustDecision } from './trust';
import { type WebIdentityClaims, type WebIdentityProvider, providerName } from './web-identity';

export interface AssumeRoleWithWebIdentity extends RoleSessionRequest {
  /** A JWT, 4 to 20,000 characters. */
  readonly webIdentityToken: string;
}

export interface WireWebIdentitySession extends WireRoleSession {
  readonly subjectFromWebIdentityToken: string;
  readonly provider: string;
  readonly audience: string;
}

/** The request needs no credentials: the token is all there is. */
export type UnsignedCall = Omit<IdentityCall, 'caller'>;

const action = 'sts:AssumeRoleWithWebIdentity';

export class AssumeRoleWithWebIdentityOperation {
  readonly #parts: IdentityParts;
  readonly #sessions: Sessions;

  constructor(parts: IdentityParts, sessions: Sessions) {
    this.#parts = parts;
    this.#sessions = sessions;
  }

  assumeRoleWithWebIdentity = async (
    call: UnsignedCall,
    command: AssumeRoleWithWebIdentity,
  ): IdentityAnswer<WireWebIdentitySession> => {
    const names = checkSessionNames(command);
    if (!names.ok) return names;
    const identified = await this.#identify(command.webIdentityToken, names.value.account, call.now);
    if (!identified.ok) return identified;
    const { claims, audience, provider } = identified.value;
    if (call.notes !== undefined) call.notes.webIdentity = { provider, subject: claims.subject, audience };

    const role = await findRole(this.#parts, names.value);
    const federatedProvider = `arn:aws:iam::${names.value.account}:oidc-provider/${provider}`;
    const tags = claims.tags ?? [];
    const tagging = sessionTags(undefined, [], tags, []);
    if (!tagging.ok) return refuse({ code: 'InvalidIdentityToken' });
    const known = webFacts(call, command, claims, { audience, provider, federatedProvider });
    for (const needed of tags.length > 0 ? [action, 'sts:TagSession'] : [action]) {
      const federated = callerOfType('Federated', federatedProvider);
      const trust = role && trustDecision(role, federated, needed, known, federatedProvider);
      if (trust !== 'Allow') return denied(needed, command.roleArn, trust === 'ExplicitDeny');
    }
    if (role === undefined) return denied(action, command.roleArn, false);

    const end = sessionEnd(call.now, command, role, false);
    if (!end.ok) return end;
    const policies = await sessionPolicies(this.#parts, role, command);
    if (!policies.ok) return policies;
    const started = await this.#sessions.startForRole(role, command.roleSessionName, {
      ...{ kind: 'AssumeRoleWithWebIdentity', issuedAt: call.now, expiresAt: instant(end.value) },
      ...policies.value,
      ...tagging.value,
      federatedProvider,
      chain: [role.id],
    });
    if (!started.ok) return started;
    const subjectFromWebIdentityToken = claims.subject;
    return accept({ ...started.value, subjectFromWebIdentityToken, provider: claims.issuer, audience });
  };

  /** Who the token speaks of, when an issuer of the account says so, to an accepted audience, at this time. */
  async #identify(token: string, account: AccountId, now: Instant): Promise<Result<Identified, IdentityRefusal>> {
    if (token.length < 4 || token.length > 20_000) return refuse(validationError('WebIdentityToken'));
    const { tokens, providers: all = [] } = this.#parts.webIdentities ?? {};
    const providers = all.filter((provider) => provider.account === account);
    const verified = await tokens?.verify(
      token,
      providers.map(({ issuer }) => issuer),
    );
    if (verified === undefined) return refuse({ code: 'InvalidIdentityToken' });
    return verified.ok ? identify(verified.value, providers, now) : verified;
  }
}

interface Identified {
  readonly claims: WebIdentityClaims;
  readonly audience: string;
  /** Without its scheme. */
  readonly provider: string;
}

/** The checks of the verifier are made again where they decide: a careless one opens nothing. */
function identify(
  claims: WebIdentityClaims,
  providers: readonly WebIdentityProvider[],
  now: Instant,
): Result<Identified, WebIdentityRefusal> {
  const provider = providers.find(({ issuer }) => issuer === claims.issuer);
  if (provider === undefined) return refuse({ code: 'InvalidIdentityToken' });
  if (!(claims.expiresAt > now)) return refuse({ code: 'ExpiredIdentityToken' });
  if (claims.notBefore !== undefined && claims.notBefore > now) return refuse({ code: 'InvalidIdentityToken' });
  if (claims.subject.length < 1 || claims.subject.length > 255) return refuse({ code: 'IdpRejectedClaim' });
  // Who shares a token with other audiences must say whom it was issued to.
  const audience = claims.authorizedParty ?? (claims.audiences.length === 1 ? claims.audiences[0] : undefined);
  const meant = audience !== undefined && provider.clientIds.includes(audience);
  return meant
    ? accept({ claims, audience, provider: providerName(provider.issuer) })
    : refuse({ code: 'IdpRejectedClaim' });
}

function webFacts(
  { now, region, sourceIp, secureTransport, userAgent }: UnsignedCall,
  { roleSessionName }: AssumeRoleWithWebIdentity,
  { subject, methods, audiences, tags = [] }: WebIdentityClaims,
  { audience, provider, federatedProvider }: { audience: string; provider: string; federatedProvider: string },
): ConditionFacts {
  const several = new Map([[conditionKey(`${provider}:oaud`), audiences]]);
  if (methods !== undefined) several.set(conditionKey(`${provider}:amr`), methods);
  return joined(
    requestTagFacts(tags),
    several,
    facts({
      [`${provider}:sub`]: subject,
      [`${provider}:aud`]: audience,
      'aws:FederatedProvider': federatedProvider,
      'sts:RoleSessionName': roleSessionName,
      'aws:CurrentTime': new Date(now).toISOString(),
      'aws:EpochTime': String(Math.floor(now / 1_000)),
      'aws:RequestedRegion': region,
      'aws:SecureTransport': String(secureTransport),
      'aws:SourceIp': sourceIp,
      'aws:UserAgent': userAgent,
    }),
  );
}

function denied(needed: string, resource: string, explicit: boolean): Result<never, IdentityRefusal> {
  return refuse({ code: 'AccessDenied', callerArn: 'anonymous', action: needed, resource, explicit });
}
