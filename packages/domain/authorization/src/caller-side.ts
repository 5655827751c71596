import type { Caller } from '@keywarden/identity';
import {
  type CompiledPolicy,
  type PolicyDecision,
  type PolicyRequest,
  type StatementReference,
  evaluate,
} from '@keywarden/policy';
import type { DenialReason } from './authoriser';
import type { CompiledPolicies } from './policies-in-force';

/** Why not, with the statement that said so when one did. */
export interface Denial {
  readonly reason: DenialReason;
  readonly by?: StatementReference;
}

/** What the policies of the caller's own account say. */
export interface CallerSide {
  /** A Deny of any of them, which nothing overrides. */
  readonly denied: Denial | undefined;
  /** Does an identity policy allow it? The root user of an account is allowed everything there. */
  readonly identity: PolicyDecision | 'root-user';
  /** A boundary or session policy that does not allow it, so that what identity policies allow is without effect. */
  readonly limit: Denial | undefined;
}

const notAllowed: Readonly<Record<'boundary' | 'session', Denial>> = {
  boundary: { reason: 'NoPermissionsBoundaryAllows' },
  session: { reason: 'NoSessionPolicyAllows' },
};

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html */
export function callerSide(caller: Caller, policies: CompiledPolicies, request: PolicyRequest): CallerSide {
  const { boundary, session } = policies;
  const identity = evaluate(policies.identity, request);
  const bounded = boundary === undefined ? undefined : evaluate([boundary], request);
  const inSession = session === undefined ? undefined : evaluate(session, request);
  return {
    denied:
      denialOf(identity, 'IdentityPolicyDenies') ??
      denialOf(inSession, 'SessionPolicyDenies') ??
      denialOf(bounded, 'PermissionsBoundaryDenies'),
    identity: caller.type === 'Root' ? 'root-user' : identity,
    limit: limitOf(inSession, 'session') ?? limitOf(bounded, 'boundary'),
  };
}

export function identityAllows({ identity }: CallerSide): boolean {
  return identity === 'root-user' || identity.effect === 'Allow';
}

function denialOf(decision: PolicyDecision | undefined, reason: DenialReason): Denial | undefined {
  return decision?.effect === 'ExplicitDeny' ? { reason, by: decision.by } : undefined;
}

function limitOf(decision: PolicyDecision | undefined, kind: 'boundary' | 'session'): Denial | undefined {
  return decision === undefined || decision.effect === 'Allow' ? undefined : notAllowed[kind];
}

/**
 * Does the key policy name this very user or session? Only such an Allow goes past a silent boundary or session policy:
 * one to the role of a session, or to everyone, does not.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
export function namesCallerItself(policy: CompiledPolicy, request: PolicyRequest): boolean {
  const ownName = request.caller.names.at(-1);
  if (ownName === undefined) return false;
  const allowedTo = (names: readonly string[]): boolean =>
    evaluate([policy], { ...request, caller: { names, account: undefined } }).effect === 'Allow';
  return allowedTo([ownName]) && !allowedTo([]);
}
